import type { KernelTask } from '../../kernel/access.ts';
import { EIO, ENOMEM } from '../../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { type Noted, PlainList, PlainWord } from '../../kernel/plain.ts';
import { SpinLock } from '../../kernel/spinlock.ts';
import { WorkQueue } from '../../kernel/work-queue.ts';
import type { Connector } from './connector.ts';
import type { Crtc } from './crtc.ts';
import type { Framebuffer } from './framebuffer.ts';
import type { TickSource } from './tick-source.ts';

/** Frames that show the same: which framebuffers their picture is made of. */
export interface Frames extends Noted {
  readonly start: number;
  readonly end: number;
  readonly framebuffers: readonly number[];
}

/** One CRTC of the virtual display, with the worker that makes its pictures. @kernel struct vkms_output */
export class VkmsOutput extends KernelObject {
  readonly crtc: Crtc;
  readonly ticks: TickSource;
  /** Held from the begin of an update to its flush, and by each tick. */
  readonly lock: SpinLock;
  /** What an update has brought so far, and what is shown. Under `lock`. @kernel composer_state */
  readonly staged: PlainList<Framebuffer>;
  readonly shown: PlainList<Framebuffer>;
  /** @kernel composer_lock */
  readonly composerLock: SpinLock;
  /** What nobody has composed. Under `composerLock`. @kernel frame_start frame_end crc_pending */
  readonly due: PlainList<Frames>;
  /** Connectors that wait for a picture. Under `composerLock`. @kernel wb_pending */
  readonly captures: PlainList<Connector>;
  /** Every frame is composed, for tests. Under `composerLock`. @kernel composer_enabled */
  readonly isWatched: PlainWord<boolean>;
  /** What was composed while it was watched, a frame each. @kernel drm_crtc_add_crc_entry */
  readonly composed: PlainList<Frames>;
  /** The work is queued, or runs. */
  private readonly isBusy: PlainWord<boolean>;
  private readonly queue: WorkQueue;

  constructor(crtc: Crtc, ticks: TickSource) {
    super(crtc.world, 'vkmsOutput');
    this.isStatic = true;
    this.crtc = crtc;
    this.ticks = ticks;
    this.lock = new SpinLock(this, 'lock', '&vkms_output->lock');
    this.staged = new PlainList<Framebuffer>(this, 'staged');
    this.shown = new PlainList<Framebuffer>(this, 'shown');
    this.composerLock = new SpinLock(this, 'composer_lock', '&vkms_output->composer_lock');
    this.due = new PlainList<Frames>(this, 'frames');
    this.captures = new PlainList<Connector>(this, 'wb_pending');
    this.isWatched = new PlainWord<boolean>(this, 'composer_enabled', false);
    this.composed = new PlainList<Frames>(this, 'crc');
    this.isBusy = new PlainWord<boolean>(this, 'composer_work', false, 'full');
    this.queue = new WorkQueue(this.world, `composer of ${crtc.number}`);
  }

  /** A vertical blank: what is shown now is shown for one more frame. @kernel vkms_vblank_simulate @rule KMS-022 */
  *tick(): KernelTask<void> {
    const { vblank } = this.crtc;
    yield* this.lock.acquire();
    const frame = vblank !== null && (yield* vblank.handle()) ? vblank.count.get() : 0;
    const framebuffers = this.shown.copy().map(({ number }) => number);
    this.lock.release();
    if (frame !== 0) yield* this.askFor(frame, framebuffers);
  }

  protected *askFor(frame: number, framebuffers: readonly number[]): KernelTask<void> {
    yield* this.composerLock.acquire();
    const isWanted = this.isWatched.get() || !this.captures.isEmpty();
    if (isWanted) this.addDue({ key: frame, start: frame, end: frame, framebuffers });
    this.composerLock.release();
    if (isWanted) this.queueWork();
  }

  /** A frame that the worker was too slow for is merged with the next one of the same picture. */
  protected addDue(frame: Frames): void {
    const last = this.due.at(-1);
    const isSame = last !== null && last.framebuffers.join() === frame.framebuffers.join();
    if (isSame) this.due.remove(last);
    this.due.push(isSame ? { ...frame, start: last.start } : frame);
  }

  /** Every frame is composed from now on, or no longer. @kernel vkms_set_crc_source */
  *watch(isWatched: boolean): KernelTask<void> {
    const { vblank } = this.crtc;
    if (isWatched) yield* vblank?.get() ?? nothing();
    yield* this.composerLock.acquireIrq();
    this.isWatched.set(isWatched);
    this.composerLock.releaseIrq();
    if (!isWatched) yield* vblank?.put() ?? nothing();
  }

  protected queueWork(): void {
    if (this.isBusy.get()) return;
    this.isBusy.set(true);
    this.queue.queue({ label: 'compose', run: () => this.work() });
  }

  /** @kernel vkms_composer_worker */
  *work(): KernelTask<void> {
    yield* this.composerLock.acquireIrq();
    const frames = this.due.at(0);
    if (frames !== null) this.due.remove(frames);
    const capture = frames === null ? null : this.captures.at(0);
    this.composerLock.releaseIrq();
    if (frames !== null) yield* this.compose(frames, capture);
    this.isBusy.set(false);
    yield* this.workAgain();
  }

  /** A tick that found the worker busy has left its frame for it. */
  protected *workAgain(): KernelTask<void> {
    yield* this.composerLock.acquireIrq();
    const isLeft = !this.due.isEmpty();
    this.composerLock.releaseIrq();
    if (isLeft) this.queueWork();
  }

  /** @kernel compose_active_planes */
  protected *compose(frames: Frames, capture: Connector | null): KernelTask<void> {
    const hasMemory = yield* this.world.memory.reserve('GFP_KERNEL');
    if (capture !== null) yield* this.captured(capture, hasMemory ? 0 : -ENOMEM);
    if (!hasMemory || !this.isWatched.get()) return;
    for (let frame = frames.start; frame <= frames.end; frame += 1) {
      this.composed.push({ ...frames, key: frame, start: frame, end: frame });
    }
  }

  /** @kernel vkms_wb_atomic_commit */
  *capture(connector: Connector): KernelTask<void> {
    yield* this.crtc.vblank?.get() ?? nothing();
    yield* this.composerLock.acquireIrq();
    this.captures.push(connector);
    this.composerLock.releaseIrq();
  }

  protected *captured(connector: Connector, status: number): KernelTask<void> {
    yield* this.composerLock.acquireIrq();
    this.captures.remove(connector);
    this.composerLock.releaseIrq();
    yield* connector.writeback?.signalCompletion(status) ?? nothing();
    yield* this.crtc.vblank?.put() ?? nothing();
  }

  /** There will be no picture for those who still wait. */
  *abandon(): KernelTask<void> {
    for (;;) {
      yield* this.composerLock.acquireIrq();
      const connector = this.captures.at(0);
      this.composerLock.releaseIrq();
      if (connector === null) return;
      yield* this.captured(connector, -EIO);
    }
  }

  /** The worker does nothing more with what was shown. @kernel flush_work */
  *drain(): KernelTask<void> {
    yield* this.queue.drain();
  }

  visitState(visit: StateVisitor): void {
    visit('lock', this.lock.holder?.index ?? -1);
    visit('staged', [...this.staged.value]);
    visit('shown', [...this.shown.value]);
    visit('composer_lock', this.composerLock.holder?.index ?? -1);
    visit('due', this.due.value.map(textOf));
    visit('captures', [...this.captures.value]);
    visit('watched', this.isWatched.value);
    visit('busy', this.isBusy.value);
    visit('composed', this.composed.value.map(textOf));
  }
}

function textOf({ start, end, framebuffers }: Frames): string {
  return `${start} to ${end} ${framebuffers.join()}`;
}

function* nothing(): KernelTask<void> {}
