import type { AbstractState } from '../../../model/events.ts';
import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainWord } from '../../kernel/plain.ts';
import type { Connector } from './connector.ts';
import type { Framebuffer } from './framebuffer.ts';

/** How far a job has come; for judges. */
type Phase = 'new' | 'prepared' | 'queued' | 'done' | 'freed';

/** One picture that shall be captured. @kernel struct drm_writeback_job */
export class WritebackJob extends KernelObject {
  readonly connector: Connector;
  readonly fb: PlainWord<Framebuffer | null>;
  readonly outFence: PlainWord<DmaFence | null>;
  /** The hardware can reach the framebuffer. */
  readonly isPrepared: PlainWord<boolean>;
  private readonly phase: PlainWord<Phase>;

  constructor(connector: Connector) {
    super(connector.world, 'writebackJob');
    this.connector = connector;
    this.fb = new PlainWord<Framebuffer | null>(this, 'fb', null);
    this.outFence = new PlainWord<DmaFence | null>(this, 'out_fence', null);
    this.isPrepared = new PlainWord<boolean>(this, 'prepared', false);
    this.phase = new PlainWord<Phase>(this, 'phase', 'new');
    this.world.emit(this, 'make');
  }

  /** @kernel drm_framebuffer_assign */
  *setFramebuffer(fb: Framebuffer | null): KernelTask<void> {
    const before = this.fb.get();
    this.fb.set(fb === null ? null : yield* fb.get());
    if (before !== null) yield* before.put();
  }

  /** Somebody hears of its end by this fence, of which the job has a reference. */
  promise(fence: DmaFence): void {
    this.outFence.set(fence);
    this.world.emit(this, 'promise');
  }

  /** @kernel drm_writeback_prepare_job */
  *prepare(): KernelTask<number> {
    const fb = this.fb.get();
    if (fb === null) return 0;
    const error = yield* this.connector.config.stack.kms.planeFences.pin(fb);
    if (error !== 0) return error;
    this.isPrepared.set(true);
    this.phase.set('prepared');
    this.world.emit(this, 'prepare');
    return 0;
  }

  /** The hardware has it from now on. Under the lock of its queue. */
  queued(): void {
    this.phase.set('queued');
    this.commit('queue');
  }

  /** The hardware has done with it. Under the lock of its queue. */
  done(): void {
    this.phase.set('done');
    this.commit('complete');
  }

  /** It was signaled, and the reference is somebody else's to drop. */
  forgetFence(): void {
    this.outFence.set(null);
    this.commit('signal');
  }

  /**
   * Gives everything back, whether it was done or never begun.
   *
   * @kernel drm_writeback_cleanup_job
   * @rule KMS-021
   */
  *cleanUp(): KernelTask<void> {
    const fb = this.fb.get();
    if (fb !== null) {
      if (this.isPrepared.get()) yield* this.connector.config.stack.kms.planeFences.unpin(fb);
      yield* fb.put();
    }
    const fence = this.outFence.get();
    if (fence !== null) yield* fence.put();
    this.phase.set('freed');
    this.world.emit(this, 'cleanUp');
    this.world.memory.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('fb', this.fb.value);
    visit('out_fence', this.outFence.value);
    visit('prepared', this.isPrepared.value);
    visit('phase', this.phase.value);
  }

  override abstract(): AbstractState {
    return { state: this.phase.value, context: { fence: this.outFence.value !== null } };
  }
}
