/** Events of simulated video devices: a part of the vocabulary in `events.ts`. */
export const VIDEO_DEVICE_EVENTS = {
  /**
   * A camera and its capture engine. `queue` writes an address for a frame to come, `queue.full` one
   * that has no place. `detail` of `stream` is the number of image lines of a frame. `sof` and `overrun` are starts of frames, with an address and without; `detail`
   * of `line` is the image line that is written. `drain`: all writes of the frame can be seen; `early`:
   * the engine does not wait for that. `latch` stores address and sequence number of the frame, `raise`
   * comes with the interrupt, `ack` from the driver.
   */
  camera: [
    'stream',
    'streamOff',
    'abort',
    'queue',
    'queue.full',
    'sof',
    'overrun',
    'line',
    'fault',
    'drain',
    'early',
    'latch',
    'raise',
    'ack',
    'unplug',
  ],
  /**
   * A codec. `detail` of `start` is the number of pages of a job, of `read` and `write` the page;
   * `reference` reads a frame that was decoded before. `partial.*`: it stops before the last page, and
   * says so or not; `badStream`: what it reads makes no sense. `abort`: the bus has failed. `hang`: no
   * step until a reset.
   */
  codec: [
    'start',
    'start.dropped',
    'read',
    'reference',
    'write',
    'partial.error',
    'partial.silent',
    'badStream',
    'abort',
    'hang',
    'drain',
    'raise',
    'ack',
    'reset',
    'unplug',
  ],
} as const;
