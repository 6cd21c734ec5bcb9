import type { KernelTask } from '../../kernel/access.ts';
import { EINVAL, ENOMEM } from '../../kernel/errno.ts';
import type { Stack } from '../../stack.ts';
import type { AtomicState } from './atomic-state.ts';
import type { ConnectorState } from './connector.ts';
import type { Framebuffer } from './framebuffer.ts';

/** Jobs to capture, as long as they belong to a commit. */
export class Writebacks {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel drm_writeback_set_fb */
  *setFramebuffer(connector: ConnectorState, fb: Framebuffer | null): KernelTask<number> {
    let job = connector.job.get();
    if (job === null) {
      if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
      job = new this.stack.types.WritebackJob(connector.connector);
      connector.job.set(job);
    }
    yield* job.setFramebuffer(fb);
    return 0;
  }

  /** Of a job without a framebuffer nothing is left. @kernel drm_atomic_connector_check */
  *check(state: AtomicState, connector: ConnectorState): KernelTask<number> {
    const job = connector.job.get();
    if (job === null) return 0;
    const crtc = connector.crtc.get();
    const isWanted = !job.fb.isNull();
    const isActive = crtc !== null && (state.crtcs.get(crtc.index)?.active.get() ?? false);
    if (isWanted) return isActive ? 0 : -EINVAL;
    if (!job.outFence.isNull()) return -EINVAL;
    yield* job.cleanUp();
    connector.job.set(null);
    return 0;
  }
}
