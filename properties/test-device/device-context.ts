import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import type { TestDevice } from './device.ts';

/** Whose jobs these are. Their fences are on one fence context, and so in one order. */
export class DeviceContext extends KernelObject {
  readonly device: TestDevice;
  readonly number: number;
  /** Its jobs may run for ever, or wait for user space: they have no fences. */
  readonly isLongRunning: boolean;
  seqno = 0n;
  /** It hung: nothing more is taken from it. */
  isBanned = false;
  /** Jobs without fences that came to their end, and that were killed. */
  finished = 0;
  killed = 0;

  constructor(device: TestDevice, number: number, isLongRunning: boolean) {
    super(device.world, 'deviceContext');
    this.isStatic = true;
    this.device = device;
    this.number = number;
    this.isLongRunning = isLongRunning;
  }

  visitState(visit: StateVisitor): void {
    visit('seqno', this.seqno);
    visit('isBanned', this.isBanned);
    visit('finished', this.finished);
    visit('killed', this.killed);
  }
}
