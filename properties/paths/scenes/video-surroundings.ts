import { ABORTED, type VideoPort } from '../../../impl/hw/video-port.ts';
import { tokenOf } from '../../../impl/hw/token.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../../impl/kernel/object.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { AbstractState } from '../../../model/events.ts';

/** A line of a stream that somebody has written. */
const SENSE = tokenOf({ writer: 2, version: 0, frame: 1, line: 0 });

/** A bus that works, or does not, and memory with sense in it, or without. */
export class VideoSurroundings extends KernelObject implements VideoPort {
  readonly writer = 1;
  readonly inFlight = 0;
  refuses = false;
  isEmpty = false;
  isReferred = false;
  /** How large a job is. */
  size = 0;

  constructor(stack: Stack) {
    super(stack.world, 'surroundings');
  }

  *findPage(): KernelTask<number> {
    return this.refuses ? ABORTED : 0;
  }

  load(): number {
    return this.isEmpty ? 0 : SENSE;
  }

  post(): void {}
  *drain(): KernelTask<void> {}
  reset(): void {}
  lower(): void {}
  fails(): void {}
  overlaps(): void {}
  *raise(): KernelTask<void> {}

  override abstract(): AbstractState {
    const { size, isEmpty, isReferred } = this;
    return { state: this.refuses ? 'refuses' : 'works', context: { size, isEmpty, isReferred } };
  }

  visitState(visit: StateVisitor): void {
    visit('refuses', this.refuses);
    visit('isEmpty', this.isEmpty);
    visit('isReferred', this.isReferred);
  }
}
