import type { AccessOrder } from '../../../../impl/kernel/access.ts';
import type { Call, Program } from '../../../programs/program.ts';

/** A read or a write of one word. An atomic operation is one of each. */
export interface MemoryEvent {
  readonly number: number;
  /** Position of its task; -1 for the values that memory begins with. */
  readonly task: number;
  /** Place in its task, barriers counted. */
  readonly position: number;
  readonly kind: 'read' | 'write';
  readonly word: string;
  readonly order: AccessOrder;
  /** What a write stores; of a read that has to find one value, as that of a lock has, this one. */
  readonly value: number | null;
  readonly atomic: 'exchange' | 'lock' | null;
  /** A lock is given back. */
  readonly isUnlock: boolean;
  /** The task is told what it read. */
  readonly isTold: boolean;
}

export type BarrierKind = 'mb' | 'wmb' | 'rmb';

export interface Barrier {
  readonly task: number;
  readonly position: number;
  readonly kind: BarrierKind;
}

/** What the tasks of a program do to memory, whatever they find there. */
export interface Events {
  readonly tasks: readonly string[];
  readonly events: readonly MemoryEvent[];
  readonly barriers: readonly Barrier[];
}

/** One way in which reads can find their values, and the stores to each word be ordered. */
export interface Execution {
  readonly events: readonly MemoryEvent[];
  readonly barriers: readonly Barrier[];
  /** For each event: the write that it reads, -1 for writes. */
  readonly from: readonly number[];
  /** For each write: its place among the writes of its word. */
  readonly rank: readonly number[];
}

type Shape = Pick<MemoryEvent, 'kind' | 'order' | 'atomic' | 'isUnlock' | 'isTold'>;

function shape(kind: 'read' | 'write', order: AccessOrder, isTold = kind === 'read'): Shape {
  return { kind, order, atomic: null, isUnlock: false, isTold };
}

/** What an exchange or a lock consists of. */
function pair(atomic: 'exchange' | 'lock', order: AccessOrder, isTold: boolean): readonly Shape[] {
  return [
    { ...shape('read', order, isTold), atomic },
    { ...shape('write', atomic === 'lock' ? 'once' : order), atomic },
  ];
}

const SHAPES: Readonly<Record<string, readonly Shape[]>> = {
  'word.read': [shape('read', 'plain')],
  'word.readOnce': [shape('read', 'once')],
  'word.readAcquire': [shape('read', 'acquire')],
  'word.write': [shape('write', 'plain')],
  'word.writeOnce': [shape('write', 'once')],
  'word.writeRelease': [shape('write', 'release')],
  'word.xchg': pair('exchange', 'full', true),
  'word.swap': pair('exchange', 'full', false),
  'word.lock': pair('lock', 'acquire', false),
  'word.unlock': [{ ...shape('write', 'release'), isUnlock: true }],
};

const BARRIERS: Readonly<Record<string, BarrierKind>> = {
  'word.mb': 'mb',
  'word.wmb': 'wmb',
  'word.rmb': 'rmb',
};

function barrierKind({ op }: Call): BarrierKind | null {
  return BARRIERS[op] ?? null;
}

/** What a write of this call stores, or its read has to find. */
function valueOf({ op, args }: Call, kind: 'read' | 'write'): number | null {
  if (op === 'word.lock') return kind === 'read' ? 0 : 1;
  if (op === 'word.unlock') return 0;
  return kind === 'write' ? Number(args['value']) : null;
}

/** The events of a program; the first ones are the values that memory begins with. */
export function eventsOf({ tasks }: Program): Events {
  const found: Omit<MemoryEvent, 'number'>[] = [];
  const barriers: Barrier[] = [];
  for (const [task, { calls }] of tasks.entries()) {
    for (const [position, call] of calls.entries()) {
      const kind = barrierKind(call);
      const shapes = SHAPES[call.op];
      const word = String(call.args['word'] ?? call.args['lock']);
      if (kind !== null) barriers.push({ task, position, kind });
      else if (shapes === undefined) throw new Error(`${call.op} is no access to memory`);
      else
        for (const one of shapes)
          found.push({ ...one, task, position, word, value: valueOf(call, one.kind) });
    }
  }
  const words = [...new Set(found.map(({ word }) => word))];
  const initial = words.map((word) => ({
    ...shape('write', 'once'),
    task: -1,
    position: 0,
    word,
    value: 0,
  }));
  const events = [...initial, ...found].map((event, number) => ({ ...event, number }));
  return { tasks: tasks.map(({ name }) => name), events, barriers };
}

/** Every way in which reads can find values and stores be ordered, possible or not. */
export function* executionsOf({ events, barriers }: Events): Generator<Execution, void, void> {
  const writes = events.filter(({ kind }) => kind === 'write');
  const sources = events.map((event) =>
    event.kind === 'write'
      ? [-1]
      : writes
          .filter(({ word, value }) => word === event.word && (event.value ?? value) === value)
          .map(({ number }) => number),
  );
  const words = [...new Set(events.map(({ word }) => word))];
  const orders = words.map((word) => {
    const [first, ...rest] = writes.filter((write) => write.word === word);
    return permutations(rest.map(({ number }) => number)).map((order) => [
      first?.number ?? 0,
      ...order,
    ]);
  });
  for (const from of combinations(sources)) {
    for (const chosen of combinations(orders)) {
      const rank: number[] = events.map(() => 0);
      for (const order of chosen)
        for (const [place, number] of order.entries()) rank[number] = place;
      yield { events, barriers, from, rank };
    }
  }
}

function permutations(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}

/** One out of each list, in every way. */
function combinations<T>(lists: readonly (readonly T[])[]): readonly (readonly T[])[] {
  return lists.reduce<readonly (readonly T[])[]>(
    (chosen, list) => chosen.flatMap((before) => list.map((item) => [...before, item])),
    [[]],
  );
}
