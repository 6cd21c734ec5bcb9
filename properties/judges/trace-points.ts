import { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { FenceCallback } from '../../impl/dma-buf/fence-callback.ts';
import { ENABLE_SIGNAL } from '../../impl/dma-buf/fence-flags.ts';
import { EDEADLK } from '../../impl/kernel/errno.ts';
import { EVENTS_FIELD } from '../../impl/kernel/footprint.ts';
import type { KernelObject } from '../../impl/kernel/object.ts';
import type { StateKey } from '../../impl/kernel/state-key.ts';
import type { WorldEvent } from '../../impl/kernel/world.ts';
import type { Tracepoint } from '../../model/events.ts';
import type { Finding } from '../run/finding.ts';
import type { Judge } from '../run/judge.ts';
import type { Run } from '../run/run.ts';
import { visitFindings } from './noted.ts';

/** Which trace points a fence has passed, as bits. */
const INIT = 1;
const ENABLED = 2;
const SIGNALED = 4;
const DESTROYED = 8;

/** Reads the trace buffer of a run as an automaton per fence. @rule FENCE-089 */
export class TracePointsJudge implements Judge {
  readonly name = 'trace points';
  private readonly findings: Finding[] = [];
  private readonly passed = new Map<KernelObject, number>();
  /** On which fence a callback was linked last. */
  private readonly linkedOn = new Map<KernelObject, DmaFence>();
  /** Waits that have started and not ended, as `task fence`. */
  private readonly waits: string[] = [];

  tracepoint(name: Tracepoint, object: KernelObject): void {
    if (!(object instanceof DmaFence)) return;
    const before = this.passed.get(object) ?? 0;
    if (name !== 'dma_fence_init' && (before & INIT) === 0) this.note(object, name, 'before init');
    switch (name) {
      case 'dma_fence_init':
        if (before !== 0) this.note(object, name, 'is not the first');
        this.pass(object, before | INIT);
        return;
      case 'dma_fence_enable_signal':
        this.enabled(object, before);
        return;
      case 'dma_fence_signaled':
        this.signaled(object, before);
        return;
      case 'dma_fence_destroy':
        if ((before & DESTROYED) !== 0) this.note(object, name, 'comes twice');
        this.pass(object, before | DESTROYED);
        return;
      case 'dma_fence_wait_start':
      case 'dma_fence_wait_end':
        if ((before & DESTROYED) !== 0) this.note(object, name, 'after destroy');
        this.waited(object, name === 'dma_fence_wait_start');
        return;
      default:
    }
  }

  event(event: WorldEvent): void {
    const { object, name } = event;
    if (name !== 'add' && name !== 'run') return;
    if (!(object instanceof FenceCallback)) return;
    if (name === 'add') {
      const fence = object.linkedOn.value;
      object.world.touch(object, EVENTS_FIELD, 'write', 'full');
      if (fence !== null) this.linkedOn.set(object, fence);
      return;
    }
    const fence = this.linkedOn.get(object);
    if (fence !== undefined) fence.world.looked(fence, EVENTS_FIELD);
    if (fence === undefined || ((this.passed.get(fence) ?? 0) & SIGNALED) !== 0) return;
    this.note(fence, 'dma_fence_signaled', `is missing when ${object.label} is called`);
  }

  private enabled(fence: DmaFence, before: number): void {
    const name = 'dma_fence_enable_signal';
    if ((before & ENABLED) !== 0) this.note(fence, name, 'comes twice');
    if ((before & SIGNALED) !== 0) this.note(fence, name, 'after signaled');
    if ((before & DESTROYED) !== 0) this.note(fence, name, 'after destroy');
    if (fence.ops.enableSignaling === undefined) this.note(fence, name, 'without the op');
    this.pass(fence, before | ENABLED);
  }

  private signaled(fence: DmaFence, before: number): void {
    const name = 'dma_fence_signaled';
    if ((before & SIGNALED) !== 0) this.note(fence, name, 'comes twice');
    const isForced = fence.error.value === -EDEADLK;
    if ((before & DESTROYED) !== 0 && !isForced) this.note(fence, name, 'after destroy');
    this.pass(fence, before | SIGNALED);
  }

  private pass(fence: DmaFence, passed: number): void {
    fence.world.touch(fence, EVENTS_FIELD, 'write', 'full');
    this.passed.set(fence, passed);
  }

  private waited(fence: DmaFence, isStart: boolean): void {
    const wait = `${fence.world.current.name} ${fence.key}`;
    if (isStart) {
      const isEnabled = (fence.flags.bits & ENABLE_SIGNAL) !== 0;
      if (!isEnabled) this.note(fence, 'dma_fence_wait_start', 'before enabling');
      this.waits.push(wait);
      return;
    }
    const at = this.waits.lastIndexOf(wait);
    if (at < 0) this.note(fence, 'dma_fence_wait_end', 'without wait_start');
    else this.waits.splice(at, 1);
  }

  private note(fence: DmaFence, name: Tracepoint, what: string): void {
    const message = `${fence.label}: ${name} ${what}`;
    const { steps } = fence.world;
    this.findings.push({
      rules: ['FENCE-089'],
      judge: 'trace points',
      message,
      step: steps,
      expected: null,
    });
  }

  visitState(key: StateKey): void {
    for (const [object, passed] of this.passed) {
      key.part();
      key.add(object);
      key.add(passed);
    }
    for (const [node, fence] of this.linkedOn) {
      key.part();
      key.add(node);
      key.add(fence);
    }
    for (const wait of this.waits) {
      key.part();
      key.add(wait);
    }
    visitFindings(key, this.findings);
  }

  finish(run: Run): readonly Finding[] {
    const [wait] = this.waits;
    if (!run.isOver || wait === undefined) return this.findings;
    const message = `${wait}: wait_start without wait_end`;
    const open: Finding = {
      rules: ['FENCE-089'],
      judge: 'trace points',
      message,
      step: null,
      expected: null,
    };
    return [...this.findings, open];
  }
}
