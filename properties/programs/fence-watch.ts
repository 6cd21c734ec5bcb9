import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { SIGNALED, TIMESTAMP } from '../../impl/dma-buf/fence-flags.ts';
import { JIFFY_NS } from '../../impl/kernel/clock.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import type { Observer, WorldEvent } from '../../impl/kernel/world.ts';
import type { Tracepoint } from '../../model/events.ts';

/** What can be seen to change about a fence, from outside and without a lock. */
export type ChangeKind =
  | 'lock'
  | 'SIGNALED'
  | 'detach'
  | 'store'
  | 'TIMESTAMP'
  | 'trace'
  | 'call'
  | 'error'
  | 'unlock'
  | 'release';

/** One visible change of a fence. */
export interface Change {
  readonly kind: ChangeKind;
  readonly task: string;
  /** The callback that was called, or what is odd about the change; mostly empty. */
  readonly detail: string;
  readonly clockNs: number;
}

/** Looks at one fence after every step, as a lockless observer with infinite speed would. */
export class FenceWatch extends KernelObject implements Observer {
  readonly fence: DmaFence;
  readonly changes: Change[] = [];
  /** Moments at which the words of the fence contradicted each other. */
  readonly contradictions: string[] = [];
  private bits = 0;
  private linked = 0;
  private timestampNs = 0;
  private error = 0;
  private isLocked = false;

  constructor(fence: DmaFence) {
    super(fence.world, 'watch');
    this.isStatic = true;
    this.fence = fence;
    this.bits = fence.flags.bits;
    this.linked = fence.callbacks.value.length;
    this.timestampNs = fence.timestampNs.value;
    this.error = fence.error.value;
  }

  stepped(): void {
    this.look();
  }

  tracepoint(name: Tracepoint, object: KernelObject): void {
    if (object !== this.fence) return;
    this.look();
    if (name === 'dma_fence_signaled') this.push('trace', '');
    if (name === 'dma_fence_destroy') {
      this.push('release', this.fence.lock.isHeld ? 'release with lock' : '');
    }
  }

  event(event: WorldEvent): void {
    if (event.name !== 'run') return;
    this.look();
    this.push('call', event.object.label);
  }

  /** The kinds of all changes in order, calls with their callback. */
  get story(): string {
    const words = this.changes.map(({ kind, detail }) => (detail === '' ? kind : detail));
    return words.join(' ');
  }

  /** The first change of a kind; undefined when it never happened. */
  first(kind: ChangeKind): Change | undefined {
    return this.changes.find((change) => change.kind === kind);
  }

  private look(): void {
    const { flags, timestampNs, error, lock } = this.fence;
    const { bits } = flags;
    const linked = this.fence.callbacks.value.length;
    const isLocked = lock.holder !== null;
    if (isLocked && !this.isLocked) this.push('lock', '');
    if (error.value !== this.error) this.push('error', '');
    if (isSet(bits, this.bits, SIGNALED)) this.push('SIGNALED', '');
    if (linked === 0 && this.linked > 0 && (bits & SIGNALED) !== 0) {
      this.push('detach', '');
    }
    if (timestampNs.value !== this.timestampNs) this.push('store', '');
    if (isSet(bits, this.bits, TIMESTAMP)) this.push('TIMESTAMP', '');
    if (!isLocked && this.isLocked) this.push('unlock', '');
    this.bits = bits;
    this.linked = linked;
    this.timestampNs = timestampNs.value;
    this.error = error.value;
    this.isLocked = isLocked;
    this.checkPhase();
  }

  /** List, timestamp and RCU head lie in the same bytes: only one of them has a meaning. */
  private checkPhase(): void {
    const isSignaled = (this.bits & SIGNALED) !== 0;
    if (isSignaled && this.linked > 0) this.contradict('a list on a signaled fence');
    if (!isSignaled && this.timestampNs !== 0) this.contradict('a timestamp on a pending fence');
  }

  private contradict(what: string): void {
    this.contradictions.push(`${what}, at step ${this.world.steps}`);
  }

  private push(kind: ChangeKind, detail: string): void {
    const { current, clock } = this.world;
    this.changes.push({ kind, task: current.name, detail, clockNs: clock.value * JIFFY_NS });
  }

  visitState(visit: StateVisitor): void {
    visit('changes', this.changes.length);
  }
}

function isSet(bits: number, before: number, bit: number): boolean {
  return (bits & bit) !== 0 && (before & bit) === 0;
}
