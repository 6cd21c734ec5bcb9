import { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { isReached } from '../../../impl/drm/gpu/gpu-job.ts';
import { DmaEngineBus } from '../../../impl/hw/dma/dma-engine-bus.ts';
import { DmaEngine } from '../../../impl/hw/dma/dma-engine.ts';
import { GpuBus } from '../../../impl/hw/gpu/gpu-bus.ts';
import { Gpu } from '../../../impl/hw/gpu/gpu.ts';
import { PAGE_LINES } from '../../../impl/hw/platform-options.ts';
import type { Platform } from '../../../impl/hw/platform.ts';
import { wordOf } from '../../../impl/hw/words.ts';
import { ETIME } from '../../../impl/kernel/errno.ts';
import type { LedgerWork } from '../../../impl/kernel/hardware-ledger.ts';
import type { KernelObject } from '../../../impl/kernel/object.ts';
import type { StateKey } from '../../../impl/kernel/state-key.ts';
import type { WorldEvent } from '../../../impl/kernel/world.ts';
import type { E2eNotes } from './notes.ts';
import { contentOf } from './shown.ts';
import { Work } from './work.ts';
import { WorkTimes } from './work-times.ts';

/** A line that its device has written and that is not in memory. */
interface Dirty {
  readonly work: Work;
  readonly token: number;
}

/**
 * Fences and what they stand for: a fence without an error says that all lines of the work are
 * there, one with an error that they may not be, and each signals in time.
 */
export class WorksBook {
  private readonly platform: Platform;
  private readonly notes: E2eNotes;
  private readonly times: WorkTimes;
  private readonly works: Work[] = [];
  private readonly dirty = new Map<number, Dirty>();

  constructor(platform: Platform, notes: E2eNotes) {
    this.platform = platform;
    this.notes = notes;
    this.times = new WorkTimes(platform, notes);
  }

  get isEmpty(): boolean {
    return this.works.length === 0;
  }

  has(device: KernelObject): boolean {
    return this.works.some(({ entry }) => entry.device === device);
  }

  submitted(entry: LedgerWork): void {
    if (!(entry.fence instanceof DmaFence)) return;
    this.judgeRecovery(entry.device);
    this.works.push(new Work(entry, entry.fence));
    this.startNext(entry.device);
  }

  /** Who takes new work has ended its recovery. */
  private judgeRecovery(device: KernelObject): void {
    for (const work of this.works) {
      if (work.entry.device !== device || work.isSignaled || !work.wasReset) continue;
      this.notes.note(['E2E-009'], `${work.name} is open behind the reset that it was lost in`);
    }
  }

  private openOf(device: KernelObject): Work[] {
    return this.works.filter(({ entry, state }) => entry.device === device && state === 'open');
  }

  private startNext(device: KernelObject): void {
    const first = this.openOf(device)[0];
    if (first !== undefined) first.startedNs ??= this.notes.world.clock.valueNs;
  }

  private finish(work: Work, state: 'done' | 'lost'): void {
    work.state = state;
    work.endedNs = this.notes.world.clock.valueNs;
    this.startNext(work.entry.device);
  }

  written(device: KernelObject, place: number, token: number): void {
    const open = this.openOf(device);
    const first = open[0];
    // A number counts when it is in memory: until then a reset may drop it.
    if (first === undefined || first.seqPlace === place) return;
    first.missing.delete(place);
    const content = contentOf(token);
    if (content > 0) first.contents.add(content);
    if (this.dirty.get(place)?.token !== token) this.dirty.set(place, { work: first, token });
  }

  landed(device: KernelObject, place: number, token: number): void {
    if (this.dirty.get(place)?.token === token) this.dirty.delete(place);
    const open = this.openOf(device);
    if (open[0]?.seqPlace !== place) return;
    const written = wordOf(token);
    for (const work of open) {
      const { seq } = work.entry;
      if (seq !== null && isReached(seq.value, written)) this.finish(work, 'done');
    }
  }

  event({ object, name, result }: WorldEvent): void {
    if (object instanceof DmaFence) {
      if (name === 'signal' && result === 0) this.judgeSignal(object);
      return;
    }
    if (object.kind === 'interruptLine') this.times.lineChanged(name);
    if (object instanceof Gpu && object.port instanceof GpuBus) {
      this.engineEvent(object.port.device, name);
    }
    if (object instanceof DmaEngine && object.port instanceof DmaEngineBus) {
      this.engineEvent(object.port.device, name);
    }
  }

  private engineEvent(device: KernelObject, name: string): void {
    if (LOSING.has(name)) {
      this.forgetDone(device);
      this.lose(device, name);
      return;
    }
    const first = this.openOf(device)[0];
    if (first === undefined) return;
    switch (name) {
      case 'start':
        first.isBegun = true;
        return;
      case 'drain':
        this.finish(first, 'done');
        return;
      case 'partial.error':
        this.finish(first, 'lost');
        return;
      case 'partial.silent':
        first.isSilent = true;
        return;
      case 'abort':
        // A copying engine ends the job, others stand still until somebody resets them.
        if (first.entry.seq === null) this.finish(first, 'lost');
        return;
      default: // says nothing about a job as a whole
    }
  }

  /** Nothing of what was going on will be done; the job that the engine was at is to blame. */
  private lose(device: KernelObject, name: string): void {
    const open = this.openOf(device);
    for (const { work } of this.dirty.values()) if (open.includes(work)) work.hasLost = true;
    for (const [place, { work }] of this.dirty) if (open.includes(work)) this.dirty.delete(place);
    for (const [index, work] of open.entries()) {
      // A copying engine knows nothing of a job that it has not begun.
      const isUnknown = name === 'reset' && work.entry.seq === null && !work.isBegun;
      work.isGuilty = index === 0 && !isUnknown;
      work.wasBehind = index > 0;
      if (isUnknown) continue;
      work.wasReset = name === 'reset';
      this.finish(work, 'lost');
    }
  }

  /** A number in memory outlives a reset; what registers say does not. */
  private forgetDone(device: KernelObject): void {
    for (const work of this.works) {
      if (work.entry.device !== device || work.entry.seq !== null) continue;
      if (work.state === 'done' && !work.isSignaled) {
        work.forgottenNs ??= this.notes.world.clock.valueNs;
      }
    }
  }

  private judgeSignal(fence: DmaFence): void {
    const work = this.works.find((one) => one.fence === fence);
    if (work === undefined) return;
    this.notes.touch();
    work.isSignaled = true;
    const { value: error } = fence.error;
    if (error === 0) this.judgeSuccess(work);
    else this.judgeError(work, error);
    this.times.judgeSignal(work);
    // Who takes a copy back does not let the engine go on with it.
    if (error !== 0 && work.state === 'open' && work.entry.seq === null) this.finish(work, 'lost');
    this.forget();
  }

  private judgeSuccess(work: Work): void {
    const { notes } = this;
    if (work.state === 'open') {
      notes.note(['E2E-004'], `${work.name} signals before its work is done`);
      return;
    }
    if (work.wasReset) notes.note(['E2E-009'], `${work.name} was lost in a reset and has no error`);
    if (work.hasLost || (!work.isSilent && this.differs(work))) {
      // Of work that its device has done, lines are still on their way; of other work, none is.
      const rules =
        work.state === 'done' ? (['E2E-004', 'E2E-010'] as const) : (['E2E-010'] as const);
      notes.note(rules, `lines of ${work.name} are not there, and it has no error`);
      return;
    }
    const upTo = this.works.indexOf(work);
    for (const [place, { work: writer }] of this.dirty) {
      const isEarlier = writer.entry.device === work.entry.device;
      if (!isEarlier || this.works.indexOf(writer) > upTo) continue;
      notes.note(['E2E-004'], `${work.name} signals, and ${lineText(place)} is not in memory`);
      return;
    }
  }

  /** Some line was not written, and what is there is not what should be. */
  private differs({ missing }: Work): boolean {
    return [...missing].some(([to, from]) => this.contentOf(to) !== this.contentOf(from));
  }

  private contentOf(place: number): number | undefined {
    const record = this.platform.memory.record(Math.floor(place / PAGE_LINES));
    return record.lines[place % PAGE_LINES];
  }

  private judgeError(work: Work, error: number): void {
    const { notes } = this;
    notes.spoil(work.contents);
    if (work.state === 'done' && !work.isSilent && !this.times.isOverlooked(work)) {
      notes.note(['E2E-009'], `${work.name} has error ${error}, and its work was done before`);
    }
    if ((work.wasReset || work.wasBehind) && error === -ETIME && !work.isGuilty) {
      notes.note(['E2E-014'], `${work.name} is blamed for a hang that it was only behind`);
    }
  }

  /** What is over is of no interest any more, once nobody is behind it. */
  private forget(): void {
    const dirty = new Set([...this.dirty.values()].map(({ work }) => work));
    while (this.works.length > KEPT_MAX) {
      const first = this.works[0];
      if (first === undefined || !first.isSignaled || dirty.has(first)) return;
      this.works.shift();
    }
  }

  /** `isStuck`: nothing will happen any more. */
  end(isStuck: boolean): void {
    for (const work of this.works) if (!work.isSignaled) this.judgeOpen(work, isStuck);
  }

  private judgeOpen(work: Work, isStuck: boolean): void {
    if (!isStuck && !this.times.isOverdue(work)) return;
    const rules = work.wasReset ? (['E2E-008', 'E2E-009'] as const) : (['E2E-008'] as const);
    this.notes.note(rules, `${work.name} never signals`, 'every job to end, one way or the other');
  }

  visitState(key: StateKey): void {
    for (const work of this.works) {
      key.part();
      key.add(work.fence);
      key.add(work.state);
      key.add(work.isSignaled);
      key.add([work.startedNs ?? 0, work.endedNs, work.missing.size].join(' '));
      key.add([work.isBegun, work.isGuilty, work.wasReset].join(' '));
      key.add([work.isSilent, work.hasLost].join(' '));
      key.add([work.wasBehind, work.forgottenNs].join(' '));
    }
    for (const [place, { work, token }] of this.dirty) {
      key.part();
      key.add([place, token, this.works.indexOf(work)].join(' '));
    }
    this.times.visitState(key);
  }
}

/** What makes an engine forget all that it was at. */
const LOSING: ReadonlySet<string> = new Set(['reset', 'powerOff', 'unplug']);

/** Works that are over and still in the books. */
const KEPT_MAX = 64;

function lineText(place: number): string {
  return `line ${place % PAGE_LINES} of page ${Math.floor(place / PAGE_LINES)}`;
}
