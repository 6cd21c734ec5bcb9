import type { AbstractState } from '../../../model/events.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { EINVAL } from '../../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainList, PlainWord } from '../../kernel/plain.ts';
import { SpinLock } from '../../kernel/spinlock.ts';
import { TASK_UNINTERRUPTIBLE } from '../../kernel/task-state.ts';
import { WaitQueue } from '../../kernel/wait-queue.ts';
import type { Crtc } from './crtc.ts';
import type { VblankEvent } from './vblank-event.ts';

/**
 * Counts the vertical blanks of a CRTC while somebody wants that, and sends what waits for one.
 *
 * @kernel struct drm_vblank_crtc
 */
export class Vblank extends KernelObject {
  readonly crtc: Crtc;
  /** @kernel vbl_lock vblank_time_lock */
  readonly lock: SpinLock;
  /** Who wants interrupts. Under `lock`. @kernel refcount */
  readonly references: PlainWord<number>;
  /** Interrupts come. Under `lock`. @kernel enabled */
  readonly isEnabled: PlainWord<boolean>;
  /** The CRTC is off: nobody gets a reference. Under `lock`. @kernel inmodeset */
  readonly isOff: PlainWord<boolean>;
  /** Written under `lock`. @kernel count */
  readonly count: PlainWord<number>;
  /** Of the last one. Unit: nanoseconds. @kernel time */
  readonly timeNs: PlainWord<number>;
  readonly queue: WaitQueue;
  /** What is sent at a coming one. Under the event lock. @kernel vblank_event_list */
  readonly events: PlainList<VblankEvent>;

  constructor(crtc: Crtc) {
    super(crtc.world, 'vblank');
    this.isStatic = true;
    this.crtc = crtc;
    this.lock = new SpinLock(this, 'vbl_lock', '&dev->vbl_lock');
    this.references = new PlainWord<number>(this, 'refcount', 1);
    this.isEnabled = new PlainWord<boolean>(this, 'enabled', false);
    this.isOff = new PlainWord<boolean>(this, 'inmodeset', true);
    this.count = new PlainWord<number>(this, 'count', 0, 'once');
    this.timeNs = new PlainWord<number>(this, 'time', 0, 'once');
    this.queue = new WaitQueue(this, 'queue', '&vblank->queue');
    this.events = new PlainList<VblankEvent>(this, 'events');
    this.world.emit(this, 'init');
  }

  /** Interrupts must come; -EINVAL while the CRTC is off. @kernel drm_vblank_get */
  *get(): KernelTask<number> {
    const flags = yield* this.lock.acquireIrqsave();
    const isRefused = this.isOff.get();
    if (!isRefused) {
      this.references.change((references) => references + 1);
      this.enableLocked();
    }
    this.commit(isRefused ? 'get.refused' : 'get', isRefused ? -EINVAL : 0);
    this.lock.releaseIrqrestore(flags);
    return isRefused ? -EINVAL : 0;
  }

  /** The last one is noticed at the next vertical blank. @kernel drm_vblank_put */
  *put(): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    this.references.change((references) => references - 1);
    this.commit('put');
    this.lock.releaseIrqrestore(flags);
  }

  /** @kernel drm_vblank_enable */
  protected enableLocked(): void {
    if (this.isEnabled.get()) return;
    this.isEnabled.set(true);
    this.crtc.config.hardware.enableVblank(this.crtc);
  }

  protected disableLocked(): void {
    if (!this.isEnabled.get()) return;
    this.isEnabled.set(false);
    this.crtc.config.hardware.disableVblank(this.crtc);
  }

  /**
   * The event will be sent at the next vertical blank. The caller has the event lock, and gives
   * away a reference.
   *
   * @kernel drm_crtc_arm_vblank_event
   * @rule KMS-015
   */
  arm(event: VblankEvent): void {
    this.crtc.config.eventLock.assertHeld('drm_crtc_arm_vblank_event');
    event.sequence.set(this.count.get() + 1);
    this.events.push(event);
    this.commit('arm');
  }

  /** The interrupt. False when nobody wants it. @kernel drm_crtc_handle_vblank */
  *handle(): KernelTask<boolean> {
    const { eventLock } = this.crtc.config;
    const flags = yield* eventLock.acquireIrqsave();
    yield* this.lock.acquire();
    const isWanted = this.isEnabled.get();
    if (isWanted) {
      this.count.change((count) => count + 1);
      this.timeNs.set(this.world.clock.nanoseconds);
      this.commit('tick');
    }
    this.lock.release();
    if (isWanted) {
      yield* this.queue.wakeAll();
      yield* this.sendPassed();
      yield* this.disableUnused();
    }
    eventLock.releaseIrqrestore(flags);
    return isWanted;
  }

  /** @kernel drm_handle_vblank_events */
  protected *sendPassed(): KernelTask<void> {
    const count = this.count.get();
    for (const event of this.events.copy()) {
      if (event.sequence.ask((sequence) => sequence <= count)) yield* this.send(event);
    }
  }

  protected *send(event: VblankEvent): KernelTask<void> {
    this.events.remove(event);
    this.commit('send');
    yield* this.put();
    yield* this.crtc.config.events.sendLocked(event, this.timeNs.get());
  }

  /** @kernel vblank_disable_fn */
  protected *disableUnused(): KernelTask<void> {
    yield* this.lock.acquire();
    if (this.references.ask((references) => references === 0)) {
      this.disableLocked();
      this.commit('rest');
    }
    this.lock.release();
  }

  /** @kernel drm_crtc_vblank_on */
  *on(): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    if (this.isOff.get()) {
      this.references.change((references) => references - 1);
      this.isOff.set(false);
    }
    if (this.references.ask((references) => references > 0)) this.enableLocked();
    this.commit('on');
    this.lock.releaseIrqrestore(flags);
  }

  /** What waits for a vertical blank must not wait for ever. @kernel drm_crtc_vblank_off @rule KMS-017 */
  *off(): KernelTask<void> {
    const { eventLock } = this.crtc.config;
    const flags = yield* eventLock.acquireIrqsave();
    yield* this.lock.acquire();
    this.disableLocked();
    if (!this.isOff.get()) {
      this.references.change((references) => references + 1);
      this.isOff.set(true);
    }
    this.timeNs.set(this.world.clock.nanoseconds);
    this.commit('off');
    this.lock.release();
    yield* this.queue.wakeAll();
    yield* this.sendAll();
    eventLock.releaseIrqrestore(flags);
  }

  protected *sendAll(): KernelTask<void> {
    for (const event of this.events.copy()) yield* this.send(event);
  }

  /** False when none came in time. @kernel wait_event_timeout */
  *waitForNext(since: number, timeoutJiffies: number): KernelTask<boolean> {
    const { current: task } = this.world;
    const entry = { key: task.index, sleeper: task.index, wake: () => task.sleeper.wakeUp() };
    yield* this.queue.add(entry);
    let left = timeoutJiffies;
    let hasCome = false;
    for (;;) {
      yield* task.sleeper.setState(TASK_UNINTERRUPTIBLE);
      hasCome = this.count.ask((count) => count !== since);
      if (hasCome || left <= 0) break;
      left = yield* task.sleeper.scheduleTimeout(left);
    }
    task.sleeper.setRunning();
    yield* this.queue.remove(entry);
    return hasCome;
  }

  visitState(visit: StateVisitor): void {
    visit('vbl_lock', this.lock.holder?.index ?? -1);
    visit('references', this.references.value);
    visit('enabled', this.isEnabled.value);
    visit('off', this.isOff.value);
    visit('count', this.count.value);
    visit('time', this.timeNs.value);
    visit('queue', this.queue.state);
    visit('events', [...this.events.value]);
  }

  override abstract(): AbstractState {
    const isEnabled = this.isEnabled.value;
    return {
      state: this.isOff.value ? 'off' : isEnabled ? 'counting' : 'resting',
      context: { references: this.references.value, events: this.events.value.length },
    };
  }
}
