import { DmaFenceArray } from '../../impl/dma-buf/dma-fence-array.ts';
import { DmaFenceChain } from '../../impl/dma-buf/dma-fence-chain.ts';
import { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { SchedFenceFace } from '../../impl/drm/sched/sched-fence.ts';
import { errnoName } from '../../impl/kernel/errno.ts';
import type { Place } from '../../impl/kernel/access.ts';
import { EVENTS_FIELD } from '../../impl/kernel/footprint.ts';
import type { KernelObject } from '../../impl/kernel/object.ts';
import type { StateKey } from '../../impl/kernel/state-key.ts';
import type { Task } from '../../impl/kernel/task.ts';
import type { WorldEvent } from '../../impl/kernel/world.ts';
import type { AbstractState } from '../../model/events.ts';
import type { LazyTable } from '../../model/lazy-table.ts';
import type { ModelEvent, ObservedEvent } from '../../model/lifecycle.ts';
import type { ResvList } from '../../model/machines/resv-list.ts';
import type { Returned } from '../../model/returns.ts';
import type { MachineListener } from '../explore/guided/listener.ts';
import type { Finding } from '../run/finding.ts';
import type { CallRecord } from '../run/history.ts';
import type { CallMoment, Judge } from '../run/judge.ts';
import type { Run } from '../run/run.ts';
import { visitMoment } from './moments.ts';
import { tableOf } from './monitors.ts';
import { visitFindings } from './noted.ts';
import { judgeQuery } from './resv-queries.ts';
import { ResvView } from './resv-view.ts';

/** Calls that ask a reservation object, and the place of the moments at which they are made. */
const QUERIES: ReadonlySet<string> = new Set(['resv.test', 'resv.wait']);
const QUERY_CALLS: Place = { label: 'queries' };

/** Events after which readers may find something else. */
const STORES: ReadonlySet<string> = new Set(['add', 'replace', 'copy']);

const NOTHING: ReadonlySet<KernelObject> = new Set();
const COMPLETE: ModelEvent = { type: 'complete' };

/** One object beside its machine. */
interface Watched {
  readonly table: LazyTable;
  state: number;
  /** Only for reservation objects. */
  readonly view: ResvView | null;
}

/** Fences that a call of a task has polled as pending. */
interface Polls {
  call: number;
  readonly pending: Set<KernelObject>;
}

/**
 * Holds every object against its machine, after every event: the event must be allowed, its
 * result must be the machine's, and the object must show the state that the machine is in.
 */
export class RefinementJudge implements Judge {
  readonly name = 'refinement';
  private readonly watched = new Map<KernelObject, Watched>();
  private readonly findings: Finding[] = [];
  private listener: MachineListener | null = null;
  /** Objects that have parted from their machine: what follows says nothing new. */
  private readonly lost = new Set<KernelObject>();
  private readonly polls = new Map<Task, Polls>();
  /** The step at which each fence signaled. */
  private readonly signaledAt = new Map<KernelObject, number>();

  tellMachines(listener: MachineListener): void {
    this.listener = listener;
  }

  /** Whether something had happened when a query was called for decides what it may answer. */
  called(moment: CallMoment, { call }: CallRecord, { world }: Run): void {
    if (moment === 'made' && QUERIES.has(call.op)) {
      world.touch(QUERY_CALLS, 'moments', 'write', 'once');
    }
  }

  event(event: WorldEvent): void {
    const { object, name } = event;
    if (object.world.footprint !== null && (name === 'signal' || STORES.has(name))) {
      object.world.looked(QUERY_CALLS, 'moments');
    }
    if (name === 'poll' && event.result === 0) this.notePoll(event);
    const watched = this.watched.get(object) ?? this.watch(object);
    if (watched === null || this.isLost(object)) return;
    if (watched.view === null) {
      const taken = watched.table.lifecycle.take(observed(event));
      if (taken !== null) this.follow(watched, event, taken);
    } else {
      const polls = this.polls.get(event.task);
      const pending = polls?.call === event.task.call ? polls.pending : NOTHING;
      const signaled = (fence: KernelObject): boolean => this.hasSignaled(fence);
      const list = watched.table.context(watched.state) as ResvList; // of a resv machine
      for (const taken of watched.view.translate(event, list, signaled, pending)) {
        this.follow(watched, event, taken);
      }
      if (STORES.has(name)) {
        object.world.touch(object, EVENTS_FIELD, 'write', 'full');
        watched.view.noteStore(event, list, watched.table.context(watched.state) as ResvList);
      }
      this.judgeQuery(watched, watched.view, event);
    }
    if (name === 'signal' && event.result === 0) {
      this.signaledAt.set(object, event.step);
      this.completeContainer(event);
    }
  }

  /** A walk without the lock is judged over the whole call, not at one moment. */
  private judgeQuery(watched: Watched, view: ResvView, event: WorldEvent): void {
    if (this.isLost(event.object)) return;
    const list = watched.table.context(watched.state) as ResvList; // of a resv machine
    const wrong = judgeQuery(event, list, {
      fence: (number) => view.fence(number),
      pendingSince: (fence, usage) =>
        view.pendingSince(fence, usage, (other) => !this.hasSignaled(other)),
      isPending: (fence) => !this.hasSignaled(fence),
      signaledAt: (fence) => {
        fence.world.looked(fence, EVENTS_FIELD);
        return this.signaledAt.get(fence) ?? Number.POSITIVE_INFINITY;
      },
      all: view.all,
    });
    if (wrong === null) return;
    this.part(event.object, wrong.rules, `${event.object.label}: ${wrong.message}`, wrong.expected);
  }

  private isLost(object: KernelObject): boolean {
    return this.lost.size > 0 && this.lost.has(object);
  }

  private watch(object: KernelObject): Watched | null {
    const table = tableOf(object.kind, object.world.build.lockProving);
    if (table === null) return null;
    const view = object.kind === 'resv' ? new ResvView() : null;
    const watched = { table, state: table.initial, view };
    this.watched.set(object, watched);
    return watched;
  }

  private follow(watched: Watched, event: WorldEvent, taken: ModelEvent): void {
    const { table, state } = watched;
    const { object } = event;
    if (this.isLost(object)) return;
    // What the view has put in front is no answer to the call.
    const result = taken.type === event.name ? event.result : null;
    const isLast = taken.type === event.name;
    const number = eventNumber(table, taken);
    const step = table.next(state, number);
    if (step === null) {
      const message = `${object.label}: ${table.eventName(number)} is forbidden here`;
      this.part(
        object,
        table.forbids(number),
        message,
        `no such event in ${table.stateName(state)}`,
      );
      return;
    }
    object.world.looked(object, EVENTS_FIELD);
    if (step.state !== state) object.world.touch(object, EVENTS_FIELD, 'write', 'full');
    watched.state = step.state;
    this.listener?.taken(object, table, state, number, step.state);
    if (result !== null && step.returns !== null && !agrees(step.returns, result)) {
      const message = `${object.label}: ${table.eventName(number)} returns ${errnoName(result)}`;
      this.part(object, step.rules, message, `${returnedText(step.returns)} from ${event.name}`);
      return;
    }
    const difference = isLast ? differs(table.view(step.state), object.abstract()) : null;
    if (difference !== null) {
      const message = `${object.label} after ${table.eventName(number)}: ${difference.actual}`;
      this.part(object, step.rules, message, difference.expected);
    }
  }

  /** The signal of a container's own fence is the completion of the container. */
  private completeContainer(event: WorldEvent): void {
    const { object } = event;
    if (!(object instanceof DmaFence)) return;
    const { ops } = object;
    if (ops instanceof SchedFenceFace) {
      const watched = this.watched.get(ops.owner);
      const name = ops.face;
      if (watched === undefined) return;
      this.follow(watched, { ...event, object: ops.owner, name, result: null }, { type: name });
    }
    if (!(ops instanceof DmaFenceArray) && !(ops instanceof DmaFenceChain)) return;
    const watched = this.watched.get(ops);
    if (watched === undefined) return;
    this.follow(watched, { ...event, object: ops, name: 'complete', result: null }, COMPLETE);
  }

  private notePoll({ object, task }: WorldEvent): void {
    let polls = this.polls.get(task);
    if (polls === undefined) {
      polls = { call: task.call, pending: new Set() };
      this.polls.set(task, polls);
    }
    if (polls.call !== task.call) polls.pending.clear();
    polls.call = task.call;
    polls.pending.add(object);
  }

  /** What the model says about a fence: machines may refer to each other. */
  private hasSignaled(fence: KernelObject): boolean {
    fence.world.looked(fence, EVENTS_FIELD);
    const watched = this.watched.get(fence);
    return watched !== undefined && watched.table.view(watched.state).state !== 'pending';
  }

  private part(
    object: KernelObject,
    rules: Finding['rules'],
    message: string,
    expected: string,
  ): void {
    this.lost.add(object);
    object.world.touch(object, EVENTS_FIELD, 'write', 'full');
    const step = object.world.steps;
    this.findings.push({ rules, judge: 'refinement', message, step, expected });
  }

  visitState(key: StateKey, { world }: Run): void {
    for (const [object, { state, view }] of this.watched) {
      key.part();
      key.add(object);
      key.add(this.lost.has(object) ? -1 : state);
      view?.visitState(key, world);
    }
    for (const [fence, step] of this.signaledAt) {
      key.part();
      key.add('signaled');
      key.add(fence);
      visitMoment(key, world, step);
    }
    for (const [task, { call, pending }] of this.polls) {
      if (call !== task.call) continue;
      for (const fence of pending) {
        key.part();
        key.add(task.index);
        key.add(fence);
      }
    }
    visitFindings(key, this.findings);
  }

  finish(): readonly Finding[] {
    return this.findings;
  }
}

/** To a mutex it matters who does it. */
function observed(event: WorldEvent): ObservedEvent {
  if (event.object.kind !== 'wwMutex') return event;
  const { name, result, detail, task } = event;
  return { name, result, detail, by: task.index };
}

/** Events with more payload than a number have a key of their own. */
function eventNumber(table: LazyTable, event: ModelEvent): number {
  const isPlain =
    event.fence === undefined &&
    event.context === undefined &&
    event.seqno === undefined &&
    event.task === undefined;
  return isPlain ? table.event(event.type, event.detail) : table.eventOf(event);
}

/** An answer as people read it: `-ENOENT`. */
function returnedText(returned: Returned): string {
  return typeof returned === 'number' ? errnoName(returned) : returned;
}

function agrees(expected: Returned, result: number): boolean {
  if (expected === 'any') return true;
  return expected === 'positive' ? result > 0 : expected === result;
}

/** The first thing in which an object differs from what its machine shows. */
function differs(
  expected: AbstractState,
  actual: AbstractState | null,
): { expected: string; actual: string } | null {
  if (actual === null) return null;
  if (expected.state !== actual.state) {
    return { expected: `state ${expected.state}`, actual: `it is ${actual.state}` };
  }
  for (const field in expected.context) {
    const wanted = expected.context[field];
    const shown = actual.context[field];
    if (wanted !== shown) {
      return { expected: `${field} ${String(wanted)}`, actual: `${field} is ${String(shown)}` };
    }
  }
  return null;
}
