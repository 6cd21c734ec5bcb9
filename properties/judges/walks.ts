import { DmaFenceArray } from '../../impl/dma-buf/dma-fence-array.ts';
import { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { DmaResv } from '../../impl/dma-buf/dma-resv.ts';
import { SIGNALED } from '../../impl/dma-buf/fence-flags.ts';
import { EVENTS_FIELD } from '../../impl/kernel/footprint.ts';
import type { KernelObject } from '../../impl/kernel/object.ts';
import type { StateKey } from '../../impl/kernel/state-key.ts';
import type { Task } from '../../impl/kernel/task.ts';
import type { WorldEvent } from '../../impl/kernel/world.ts';
import type { RuleId } from '../../model/rules/catalogue.ts';
import type { Finding } from '../run/finding.ts';
import type { Judge } from '../run/judge.ts';
import { visitFindings } from './noted.ts';
import { type SeenSlot, slotsIn } from './resv-slots.ts';

/** Events of the holder of the lock after which slots may hold something else. */
const STORES: ReadonlySet<string> = new Set(['add', 'replace']);

/** A walk since it came to its list, as seen from outside. */
interface Walk {
  readonly resv: DmaResv;
  readonly task: Task;
  readonly number: number;
  /** The list that it is on, and what each counted slot has held since it came there. */
  list: KernelObject | null;
  held: SeenSlot[][];
  readonly visited: Set<number>;
  /** It has begun anew, and given nothing since. */
  isFresh: boolean;
  /** What a user who begins anew with it has collected by now. */
  collected: DmaFence[];
}

/** What the last walk of a task gave, for the call that made it. */
interface Collected {
  readonly call: number;
  readonly fences: readonly DmaFence[];
}

/**
 * Judges each step of each walk without the lock by what the object held meanwhile. A step ends on
 * the list that the object has, with a fence that its slot held since the walk came to that list. A
 * walk that ends has given everything that was there all the time. What queries make of a walk is
 * what it gave since it last began anew.
 */
export class WalksJudge implements Judge {
  readonly name = 'walks';
  private readonly walks: Walk[] = [];
  private readonly collected = new Map<Task, Collected>();
  private readonly findings: Finding[] = [];

  event(event: WorldEvent): void {
    const { object, name } = event;
    if (object.kind !== 'resv' || !(object instanceof DmaResv)) return;
    // Where stores land late, each processor sees something else.
    if (object.world.hasBuffers) return;
    if (STORES.has(name)) this.noteStore(object);
    else if (name === 'copy') this.judgeCopy(event, object);
    else if (name === 'getFences') this.judgeFences(event);
    else if (name === 'getSingleton') this.judgeSingleton(event);
    else if (name.startsWith('walk.')) this.step(event, object);
  }

  private step(event: WorldEvent, resv: DmaResv): void {
    const { name, task, result, subject } = event;
    resv.world.looked(resv, EVENTS_FIELD);
    if (name === 'walk.restart') {
      this.restart(resv, event);
      return;
    }
    const walk = this.walks.find((one) => one.task === task && one.number === result);
    if (walk === undefined) return;
    if (name === 'walk.end') {
      this.walks.splice(this.walks.indexOf(walk), 1);
      this.collected.set(task, { call: task.call, fences: walk.collected });
      return;
    }
    if (walk.list !== resv.fences.value) {
      const what = subject === null ? 'ends' : `gives ${subject.label}`;
      this.note(
        event,
        ['RESV-039', 'RESV-042'],
        `a walk ${what} on a list that ${resv.label} has lost`,
      );
    }
    if (name === 'walk.done') this.judgeDone(walk, event);
    else if (subject instanceof DmaFence) this.judgeVisit(walk, event, subject);
  }

  private restart(resv: DmaResv, { task, result, subject }: WorldEvent): void {
    const number = result ?? 0;
    let walk = this.walks.find((one) => one.task === task && one.number === number);
    if (walk === undefined) {
      const nothing = { list: null, held: [], visited: new Set<number>(), collected: [] };
      walk = { resv, task, number, isFresh: true, ...nothing };
      this.walks.push(walk);
    }
    walk.list = subject;
    walk.held = slotsIn(subject).map((slot) => [slot]);
    walk.visited.clear();
    walk.isFresh = true;
  }

  private noteStore(resv: DmaResv): void {
    const list = resv.fences.value;
    const slots = slotsIn(list);
    for (const walk of this.walks) {
      if (walk.list !== list) continue;
      for (const [index, held] of walk.held.entries()) {
        const now = slots[index];
        const last = held.at(-1);
        const isNew = now?.fence !== last?.fence || now?.usage !== last?.usage;
        if (now !== undefined && isNew) held.push(now);
      }
    }
  }

  private judgeVisit(walk: Walk, event: WorldEvent, fence: DmaFence): void {
    const { detail: index } = event;
    const { resv, held, visited } = walk;
    const where = `slot ${index} of ${resv.label}`;
    if (index >= held.length) {
      this.note(event, ['RESV-041'], `a walk looks at ${where}, which it had not counted`);
    } else if (held[index]?.every((slot) => slot.fence !== fence) !== false) {
      this.note(event, ['RESV-042'], `a walk gives ${fence.label}, which was not in ${where}`);
    }
    if ([...visited].some((before) => before >= index)) {
      this.note(event, ['RESV-040'], `a walk comes to ${where} again, and has not begun anew`);
    }
    visited.add(index);
    if (walk.isFresh) walk.collected = [];
    walk.isFresh = false;
    walk.collected.push(fence);
  }

  private judgeDone({ resv, held, visited }: Walk, event: WorldEvent): void {
    const { detail: usage } = event;
    for (const [index, [slot, ...later]] of held.entries()) {
      if (slot === undefined || later.length > 0 || slot.usage > usage) continue;
      if (visited.has(index) || !isPending(slot.fence)) continue;
      const where = `slot ${index} of ${resv.label}`;
      this.note(
        event,
        ['RESV-043'],
        `a walk ends without ${slot.fence.label}, pending in ${where}`,
      );
    }
  }

  private judgeFences(event: WorldEvent): void {
    const { task, result } = event;
    const { length } = this.collectedBy(task);
    if (result === null || result < 0 || result === length) return;
    const rules: readonly RuleId[] = ['RESV-049', 'RESV-050', 'RESV-070'];
    this.note(event, rules, `get_fences returns ${result} fences, and its walk gave ${length}`);
  }

  private judgeSingleton(event: WorldEvent): void {
    const { task, result, subject } = event;
    if (result !== 0) return;
    const fences = this.collectedBy(task);
    const children =
      subject instanceof DmaFence && subject.ops instanceof DmaFenceArray && fences.length > 1
        ? subject.ops.fences
        : [subject].filter((fence) => fence !== null);
    const isSame =
      children.length === fences.length && fences.every((fence, at) => fence === children[at]);
    if (isSame) return;
    const names = fences.map(({ label }) => label).join(' ') || 'nothing';
    const given = children.map(({ label }) => label).join(' ') || 'nothing';
    this.note(event, ['RESV-051'], `get_singleton stands for ${given}, and its walk gave ${names}`);
  }

  /** The list that is published has what the walk over the source gave. */
  private judgeCopy(event: WorldEvent, into: DmaResv): void {
    const fences = this.collectedBy(event.task);
    const slots = slotsIn(into.fences.value);
    const isSame =
      slots.length === fences.length && slots.every(({ fence }, at) => fence === fences[at]);
    if (isSame) return;
    const rules: readonly RuleId[] = ['RESV-046', 'RESV-070'];
    this.note(
      event,
      rules,
      `a copy has ${slots.length} fences, and its walk gave ${fences.length}`,
    );
  }

  private collectedBy(task: Task): readonly DmaFence[] {
    const last = this.collected.get(task);
    return last === undefined || last.call !== task.call ? [] : last.fences;
  }

  private note({ step }: WorldEvent, rules: readonly RuleId[], message: string): void {
    const expected = 'what the object held since the walk came to its list, once and in order';
    this.findings.push({ rules, judge: this.name, message, step, expected });
  }

  visitState(key: StateKey): void {
    for (const { task, resv, list, held, visited, isFresh, collected } of this.walks) {
      key.part();
      key.add('walk');
      key.add(task.index);
      key.add(resv);
      key.add(list);
      key.add(isFresh);
      for (const [index, slots] of held.entries()) {
        key.add(index);
        key.add(visited.has(index));
        for (const { fence, usage } of slots) {
          key.add(fence);
          key.add(usage);
        }
      }
      for (const fence of collected) key.add(fence);
    }
    for (const [task, { call, fences }] of this.collected) {
      if (call !== task.call || task.pending === null) continue;
      key.part();
      key.add('collected');
      key.add(task.index);
      for (const fence of fences) key.add(fence);
    }
    visitFindings(key, this.findings);
  }

  finish(): readonly Finding[] {
    return this.findings;
  }
}

/** The flag itself: whoever may know of it is looked at elsewhere. */
function isPending(fence: DmaFence): boolean {
  fence.world.looked(fence, EVENTS_FIELD);
  return (fence.flags.bits & SIGNALED) === 0;
}
