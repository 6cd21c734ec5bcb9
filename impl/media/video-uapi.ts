/** Request numbers of the magic `V`; they hold direction and size of the argument. */
export const VIDIOC_REQBUFS = 0xc0145608;
export const VIDIOC_QUERYBUF = 0xc0585609;
export const VIDIOC_QBUF = 0xc058560f;
export const VIDIOC_EXPBUF = 0xc0405610;
export const VIDIOC_DQBUF = 0xc0585611;
export const VIDIOC_STREAMON = 0x40045612;
export const VIDIOC_STREAMOFF = 0x40045613;
export const VIDIOC_PREPARE_BUF = 0xc058565d;
export const VIDIOC_DECODER_CMD = 0xc0485660;

/** The commands of `VIDIOC_DECODER_CMD`. */
export const V4L2_DEC_CMD_STOP = 1;

/** Which way frames go. @kernel enum v4l2_buf_type */
export const V4L2_BUF_TYPE_VIDEO_CAPTURE = 1;
export const V4L2_BUF_TYPE_VIDEO_OUTPUT = 2;
export type VideoType = typeof V4L2_BUF_TYPE_VIDEO_CAPTURE | typeof V4L2_BUF_TYPE_VIDEO_OUTPUT;

/** Where the memory of a buffer comes from. @kernel enum v4l2_memory */
export const VB2_MEMORY_UNKNOWN = 0;
export const VB2_MEMORY_MMAP = 1;
export const VB2_MEMORY_DMABUF = 4;

/** @kernel V4L2_BUF_FLAG_* */
export const V4L2_BUF_FLAG_MAPPED = 0x1;
export const V4L2_BUF_FLAG_QUEUED = 0x2;
export const V4L2_BUF_FLAG_DONE = 0x4;
export const V4L2_BUF_FLAG_ERROR = 0x40;
export const V4L2_BUF_FLAG_PREPARED = 0x400;
export const V4L2_BUF_FLAG_LAST = 0x100000;

/** Unit: buffers. @kernel VB2_MAX_FRAME */
export const BUFFERS_MAX = 32;
