import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { FenceOps } from '../../dma-buf/fence-ops.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { EBUSY, ENOMEM } from '../../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import type { LedgerCommit } from '../../kernel/hardware-ledger.ts';
import { PlainWord } from '../../kernel/plain.ts';
import { SpinLock } from '../../kernel/spinlock.ts';
import type { DisplayDevice } from '../../hw/display/display-device.ts';
import {
  CRTC_FRAME_COUNT,
  CRTC_GO,
  CRTC_IRQ_ENABLE,
  CRTC_IRQ_VBLANK,
  CRTC_LINE,
  shadowOf,
} from '../../hw/display/display-registers.ts';
import type { Stack } from '../../stack.ts';
import type { CrtcCommits } from './crtc-commits.ts';
import { acknowledge, isShownSince, programPlane } from './scan-out.ts';

/** A driver of one screen: it shows frames, and signals a fence when a frame is shown. */
export class CrtcDriver extends KernelObject implements FenceOps {
  readonly stack: Stack;
  readonly hardware: DisplayDevice;
  readonly lock: SpinLock;
  /** Of the frame that is not shown yet. Under `lock`. */
  readonly pending: PlainWord<DmaFence | null>;
  /** Frames that had been counted when it was asked for. Under `lock`. */
  readonly askedAt: PlainWord<number>;
  readonly commits: CrtcCommits;
  private context = 0;
  private frames = 0n;

  constructor(stack: Stack, hardware: DisplayDevice) {
    super(stack.world, 'crtcDriver');
    this.isStatic = true;
    this.stack = stack;
    this.hardware = hardware;
    this.lock = new SpinLock(this, 'lock', '&crtc->event_lock');
    this.pending = new PlainWord<DmaFence | null>(this, 'pending', null);
    this.askedAt = new PlainWord<number>(this, 'askedAt', 0);
    this.commits = new stack.types.devices.CrtcCommits(this);
  }

  *probe(): KernelTask<void> {
    const { hardware, stack } = this;
    this.context = yield* stack.fences.contextAlloc(1);
    yield* hardware.bus.interrupt.request(() => this.handle());
    yield* hardware.mmio.write(CRTC_IRQ_ENABLE, CRTC_IRQ_VBLANK);
  }

  /** Shows a frame at the next blank lines; the fence tells when. A reference is the caller's. */
  *flip(address: number): KernelTask<DmaFence | number> {
    const fence = yield* this.newFence();
    if (fence === null) return -ENOMEM;
    this.tell({ outFence: fence, inFence: null, addresses: [address], frame: null });
    const flags = yield* this.lock.acquireIrqsave();
    const isBusy = !this.pending.isNull();
    if (!isBusy) yield* this.program(address, fence);
    this.lock.releaseIrqrestore(flags);
    if (!isBusy) return fence;
    yield* fence.put();
    return -EBUSY;
  }

  /** The fence of a frame that will be shown; null: there is no memory for it. */
  *newFence(): KernelTask<DmaFence | null> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return null;
    this.frames += 1n;
    const { DmaFence: Fence } = this.stack.types;
    return new Fence(this.stack, this, this.lock, this.context, this.frames);
  }

  /** Whoever keeps the books of the machine learns what is to be shown. */
  tell(commit: Omit<LedgerCommit, 'device'>): void {
    const { device } = this.hardware;
    device.platform.ledger?.committed({ device, ...commit });
  }

  /** Shows frames on the first planes at once. False: another frame is not shown yet. */
  *show(addresses: readonly number[], fence: DmaFence): KernelTask<boolean> {
    yield* this.evade();
    const { mmio } = this.hardware;
    const flags = yield* this.lock.acquireIrqsave();
    const isFree = this.pending.isNull();
    if (isFree) {
      for (const [plane, address] of addresses.entries()) {
        yield* programPlane(mmio, plane, address);
        // It has landed before the next plane's turn.
        yield* mmio.read(shadowOf(plane, 'CTL'));
      }
      yield* this.arm(fence);
      yield* mmio.write(CRTC_GO, 1);
    }
    this.lock.releaseIrqrestore(flags);
    return isFree;
  }

  /** Hardware that takes over each register by itself is not touched right before. @rule HW-DISP-003 */
  protected *evade(): KernelTask<void> {
    const { lines, lineNs, hasGo } = this.hardware.crtc.options;
    if (hasGo) return;
    const { clock } = this.world;
    const line = yield* this.hardware.mmio.read(CRTC_LINE);
    if (line === lines - 1) yield* clock.waitUntil(clock.valueNs + lineNs);
  }

  /** Registers and event belong together: the handler sees both or none. @rule HW-DISP-006 */
  protected *program(address: number, fence: DmaFence): KernelTask<void> {
    const { mmio } = this.hardware;
    yield* programPlane(mmio, 0, address);
    yield* this.arm(fence);
    yield* mmio.write(CRTC_GO, 1);
  }

  protected *arm(fence: DmaFence): KernelTask<void> {
    yield* fence.get();
    this.pending.set(fence);
    this.askedAt.set(yield* this.hardware.mmio.read(CRTC_FRAME_COUNT));
  }

  /** An interrupt is a hint: what the screen has done is asked of the screen. @rule HW-DISP-009 */
  *handle(): KernelTask<void> {
    yield* acknowledge(this.hardware.mmio);
    const flags = yield* this.lock.acquireIrqsave();
    const fence = this.pending.get();
    const isShown = fence !== null && (yield* this.isShown());
    if (isShown) {
      this.pending.set(null);
      yield* fence.signalLocked();
    }
    this.lock.releaseIrqrestore(flags);
    if (isShown) yield* fence.put();
  }

  /** @rule HW-DISP-010 */
  protected *isShown(): KernelTask<boolean> {
    return yield* isShownSince(this.hardware.mmio, this.askedAt.get());
  }

  *remove(): KernelTask<void> {
    yield* this.commits.remove();
    yield* this.hardware.bus.interrupt.release();
  }

  getDriverName(): string {
    return 'display';
  }

  getTimelineName(): string {
    return 'crtc';
  }

  visitState(visit: StateVisitor): void {
    visit('lock', this.lock.holder?.name ?? 'free');
    visit('pending', this.pending.value);
    visit('askedAt', this.askedAt.value);
  }
}
