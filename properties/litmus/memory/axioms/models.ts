import type { BarrierKind, Execution, MemoryEvent } from './execution.ts';
import { Relation } from './relation.ts';

/** Memory models as axioms: which executions of a program they allow. */
export type AxiomaticModel = 'sc' | 'tso' | 'lkmm';

/** The relations of one execution that all models speak about. */
interface Relations {
  readonly all: (holds: (from: MemoryEvent, to: MemoryEvent) => boolean) => Relation;
  /** Program order; the two halves of an atomic operation follow each other. */
  readonly po: Relation;
  /** From a write to those who read it; from write to write; from a read to what overwrites it. */
  readonly rf: Relation;
  readonly co: Relation;
  readonly fr: Relation;
  readonly rmw: Relation;
  /** Between events of one task, and of two. */
  readonly within: Relation;
  readonly across: Relation;
  readonly barrier: (kind: BarrierKind) => Relation;
}

function relationsOf(execution: Execution): Relations {
  const { events, barriers, from, rank } = execution;
  const all: Relations['all'] = (holds) =>
    Relation.of(events.length, (one, two) => {
      const first = events[one];
      const second = events[two];
      return first !== undefined && second !== undefined && holds(first, second);
    });
  const isBefore = (one: MemoryEvent, two: MemoryEvent): boolean =>
    one.task === two.task && one.task >= 0 && one.number < two.number;
  const rankOf = ({ number }: MemoryEvent): number => rank[number] ?? 0;
  const rf = all((one, two) => from[two.number] === one.number);
  const co = all(
    (one, two) =>
      one.kind === 'write' &&
      two.kind === 'write' &&
      one.word === two.word &&
      rankOf(one) < rankOf(two),
  );
  const isMe = all((one, two) => one === two);
  return {
    all,
    po: all(isBefore),
    rf,
    co,
    fr: rf.inverse().through(co).minus(isMe),
    rmw: all((one, two) => isPair(one, two)),
    within: all((one, two) => one.task === two.task && one.task >= 0),
    across: all((one, two) => one.task !== two.task || one.task < 0),
    barrier: (kind) =>
      all((one, two) =>
        barriers.some(
          ({ task, position, kind: found }) =>
            found === kind &&
            isBefore(one, two) &&
            one.task === task &&
            one.position < position &&
            position < two.position,
        ),
      ),
  };
}

function isPair(one: MemoryEvent, two: MemoryEvent): boolean {
  return one.atomic !== null && one.kind === 'read' && two.number === one.number + 1;
}

/** What every machine keeps: one order of stores to a word, and nothing between two halves. */
function isCoherent({ all, po, rf, co, fr, rmw, across }: Relations): boolean {
  const sameWord = all((one, two) => one.word === two.word);
  const between = fr.and(across).through(co.and(across));
  return po.and(sameWord).or(rf, co, fr).isAcyclic && rmw.and(between).isEmpty;
}

/** One order of everything. */
function isSequential({ po, rf, co, fr }: Relations): boolean {
  return po.or(rf, co, fr).isAcyclic;
}

/** A store may be late for others; nothing else of the program order is given up. */
function isTotalStoreOrder(relations: Relations): boolean {
  const { all, po, rf, co, fr, across, barrier } = relations;
  const isLate = all((one, two) => one.kind === 'write' && two.kind === 'read');
  const locked = all((one, two) => one.atomic !== null || two.atomic !== null);
  const kept = po.minus(isLate).or(barrier('mb'), po.and(locked));
  return kept.or(rf.and(across), co, fr).isAcyclic;
}

/**
 * The Linux memory model, as far as straight programs of marked accesses need it: no dependencies,
 * no RCU, no plain accesses. What passes what is decided by barriers, by the order of single
 * accesses, and by how far a store must have come when another one is seen.
 */
function isLinux(relations: Relations): boolean {
  const { all, po, rf, co, fr, within, across, barrier } = relations;
  const isFull = all(
    (one, two) => (one.atomic === 'exchange' || two.atomic === 'exchange') && !isPair(one, two),
  );
  const full = barrier('mb').or(po.and(isFull));
  const acquire = po.and(all((one) => one.kind === 'read' && one.order === 'acquire'));
  const release = po.and(all((_one, two) => two.kind === 'write' && two.order === 'release'));
  const wmb = barrier('wmb').and(all((one, two) => one.kind === 'write' && two.kind === 'write'));
  const rmb = barrier('rmb').and(all((one, two) => one.kind === 'read' && two.kind === 'read'));
  // Two critical sections of one task, or two that hand the lock over, are in order for everybody.
  const unlockLock = all(
    (one, two) => one.isUnlock && two.atomic === 'lock' && two.kind === 'read',
  );
  const lockOrder = po.through(po.or(rf).and(unlockLock), po);
  const overwrite = co.or(fr);
  const rfe = rf.and(across);

  const preserved = overwrite
    .and(within)
    .or(full, acquire, release, wmb, rmb)
    .or(lockOrder.and(within));
  const cumulative = rfe.maybe().through(full.or(release));
  const fences = cumulative.or(wmb, lockOrder).through(rf.through(relations.rmw).star());
  const propagates = overwrite.and(across).maybe().through(fences.star(), rfe.maybe());
  const isMe = all((one, two) => one === two);
  const happens = preserved.or(rfe, propagates.minus(isMe).and(within));
  const reaches = propagates.through(full, happens.star());
  return happens.isAcyclic && reaches.isAcyclic;
}

/** Whether a machine with this memory can do this. */
export function isAllowed(execution: Execution, model: AxiomaticModel): boolean {
  const relations = relationsOf(execution);
  if (!isCoherent(relations)) return false;
  switch (model) {
    case 'sc':
      return isSequential(relations);
    case 'tso':
      return isTotalStoreOrder(relations);
    case 'lkmm':
      return isLinux(relations);
    default:
      return model satisfies never;
  }
}
