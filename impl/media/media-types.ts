import { Vb2DmaContig, Vb2DmaSg, Vb2Vmalloc } from './vb2-allocators.ts';
import { Vb2Buffer } from './vb2-buffer.ts';
import { Vb2Dequeue } from './vb2-dequeue.ts';
import { Vb2Exports } from './vb2-exports.ts';
import { Vb2FileIos } from './vb2-file-io.ts';
import { Vb2Memory } from './vb2-memory.ts';
import { Vb2Planes } from './vb2-planes.ts';
import { Vb2Queue } from './vb2-queue.ts';
import { Vb2Requests } from './vb2-requests.ts';
import { Vb2Streaming } from './vb2-streaming.ts';
import { VideoFile } from './video-file.ts';
import { VideoIoctls } from './video-ioctls.ts';

/** The classes that the video part of a stack is built from; see `StackTypes`. */
export interface MediaTypes {
  readonly Vb2Buffer: typeof Vb2Buffer;
  readonly Vb2Dequeue: typeof Vb2Dequeue;
  readonly Vb2DmaContig: typeof Vb2DmaContig;
  readonly Vb2DmaSg: typeof Vb2DmaSg;
  readonly Vb2Exports: typeof Vb2Exports;
  readonly Vb2FileIos: typeof Vb2FileIos;
  readonly Vb2Memory: typeof Vb2Memory;
  readonly Vb2Planes: typeof Vb2Planes;
  readonly Vb2Queue: typeof Vb2Queue;
  readonly Vb2Requests: typeof Vb2Requests;
  readonly Vb2Streaming: typeof Vb2Streaming;
  readonly Vb2Vmalloc: typeof Vb2Vmalloc;
  readonly VideoFile: typeof VideoFile;
  readonly VideoIoctls: typeof VideoIoctls;
}

/** The video part as it should be. */
export const INTACT_MEDIA: MediaTypes = {
  Vb2Buffer,
  Vb2Dequeue,
  Vb2DmaContig,
  Vb2DmaSg,
  Vb2Exports,
  Vb2FileIos,
  Vb2Memory,
  Vb2Planes,
  Vb2Queue,
  Vb2Requests,
  Vb2Streaming,
  Vb2Vmalloc,
  VideoFile,
  VideoIoctls,
};
