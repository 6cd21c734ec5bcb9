import { and, assign, not, setup } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { type AbstractState, EVENTS } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

/** The bounds of a copying engine. */
export interface DmaEngineScope {
  /** Bursts of one job. */
  readonly burstsMax: number;
}

interface DmaEngineContext {
  /** Bursts that are left. */
  readonly bursts: number;
  /** Somebody has taken note of a job whose last steps are still to come. */
  readonly acknowledged: boolean;
}

type Taken = { context: DmaEngineContext; event: EventFor<'dmaEngine'> };

const REST = { bursts: 0, acknowledged: false };

function setUp({ burstsMax }: DmaEngineScope) {
  return setup({
    types: { context: {} as DmaEngineContext, events: {} as EventFor<'dmaEngine'> },
    actions: {
      ...answers,
      open: assign({ bursts: ({ event }: Taken) => event.detail ?? 0 }),
      advance: assign({ bursts: ({ context }) => context.bursts - 1 }),
      acknowledge: assign({ acknowledged: true }),
      rest: assign(REST),
    },
    guards: {
      isWithin: ({ event }: Taken) => (event.detail ?? 0) <= burstsMax,
      isEmpty: ({ event }: Taken) => event.detail === 0,
      isLast: ({ context }) => context.bursts === 1,
      isAcknowledged: ({ context }) => context.acknowledged,
    },
  });
}
type DmaEngineSetup = ReturnType<typeof setUp>;

/** Reads of all lines of a burst, then writes of all. */
function copying(engine: DmaEngineSetup) {
  const partial = {
    'partial.error': { target: '#dmaEngine.error', actions: ['rest', embodies('HW-DMA-005')] },
    'partial.silent': { target: '#dmaEngine.drain', actions: ['rest', embodies('HW-DMA-005')] },
  } as const;
  const written = ['advance', embodies('HW-DMA-001', 'HW-DMA-002')] as const;
  return engine.createStateConfig({
    initial: 'reading',
    on: partial,
    states: {
      reading: { on: { read: { target: 'writing', actions: embodies('HW-DMA-002') } } },
      writing: {
        on: {
          write: [
            { guard: 'isLast', target: '#dmaEngine.drain', actions: written },
            { guard: not('isLast'), target: 'reading', actions: written },
          ],
        },
      },
    },
  });
}

/** The job is over; what tells of it comes step by step. */
function finished(engine: DmaEngineSetup) {
  const early = {
    ack: {
      guard: not('isAcknowledged'),
      actions: ['acknowledge', embodies('HW-DMA-001')],
    },
  } as const;
  return engine.createStateConfig({
    initial: 'publishing',
    states: {
      publishing: {
        on: { ...early, publish: { target: 'raising', actions: embodies('HW-DMA-003') } },
      },
      raising: {
        on: {
          ...early,
          raise: [
            {
              guard: 'isAcknowledged',
              target: '#dmaEngine.idle',
              actions: ['rest', embodies('HW-DMA-003')],
            },
            {
              guard: not('isAcknowledged'),
              target: 'settled',
              actions: embodies('HW-DMA-003'),
            },
          ],
        },
      },
      settled: {
        on: { ack: { target: '#dmaEngine.idle', actions: ['rest', embodies('HW-DMA-001')] } },
      },
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  start: ['HW-DMA-001', 'HW-DMA-004'],
  'start.dropped': ['HW-DMA-004'],
  refuse: ['HW-DMA-004'],
  latch: ['HW-DMA-001', 'HW-DMA-002'],
  read: ['HW-DMA-001', 'HW-DMA-002'],
  write: ['HW-DMA-001', 'HW-DMA-002'],
  'partial.error': ['HW-DMA-005'],
  'partial.silent': ['HW-DMA-005'],
  drain: ['HW-DMA-003'],
  publish: ['HW-DMA-003'],
  raise: ['HW-DMA-003'],
  abort: ['HW-DMA-001'],
  hang: ['HW-DMA-006'],
  ack: ['HW-DMA-001'],
  reset: ['HW-DMA-001'],
  unplug: ['HW-DMA-001'],
};

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { value } = snapshot;
  const { bursts }: DmaEngineContext = snapshot.context;
  const state = typeof value === 'string' ? value : (Object.keys(value)[0] ?? '');
  return { state, context: state === 'copy' ? { bursts } : {} };
}

function alphabet({ burstsMax }: DmaEngineScope): readonly ModelEvent[] {
  const counts = Array.from({ length: burstsMax + 1 }, (_, detail) => detail);
  return EVENTS.dmaEngine.flatMap((type): ModelEvent[] =>
    type === 'latch' ? counts.map((detail) => ({ type, detail })) : [{ type }],
  );
}

/** An engine that copies lines of memory, one job at a time. */
export function dmaEngineMachine(scope: DmaEngineScope): Lifecycle {
  const engine = setUp(scope);
  const ends = {
    reset: { target: '#dmaEngine.idle', actions: ['rest', embodies('HW-DMA-001')] },
    unplug: { target: '#dmaEngine.gone', actions: ['rest', embodies('HW-DMA-001')] },
  } as const;
  const taken = { 'start.dropped': { actions: embodies('HW-DMA-004') } } as const;
  const busy = { ...ends, ...taken, refuse: { actions: embodies('HW-DMA-004') } } as const;
  const hangs = {
    hang: { target: '#dmaEngine.hung', actions: ['rest', embodies('HW-DMA-006')] },
  } as const;
  const aborts = {
    abort: { target: '#dmaEngine.error', actions: ['rest', embodies('HW-DMA-001')] },
  } as const;
  const copy = copying(engine);
  const machine = engine.createMachine({
    id: 'dmaEngine',
    initial: 'idle',
    context: REST,
    states: {
      idle: { on: { ...ends, start: { target: 'fetch', actions: embodies('HW-DMA-001') } } },
      fetch: {
        on: {
          ...busy,
          ...hangs,
          ...aborts,
          latch: [
            {
              guard: 'isEmpty',
              target: 'drain',
              actions: embodies('HW-DMA-001', 'HW-DMA-002'),
            },
            {
              guard: and(['isWithin', not('isEmpty')]),
              target: 'copy',
              actions: ['open', embodies('HW-DMA-001', 'HW-DMA-002')],
            },
          ],
        },
      },
      copy: { ...copy, on: { ...busy, ...hangs, ...aborts, ...copy.on } },
      drain: {
        on: { ...busy, ...hangs, drain: { target: 'done', actions: embodies('HW-DMA-003') } },
      },
      done: { ...finished(engine), on: { ...ends, ...taken } },
      error: {
        on: {
          ...ends,
          ...taken,
          ack: { target: 'idle', actions: embodies('HW-DMA-001') },
        },
      },
      hung: { on: busy },
      gone: {},
    },
  });
  const { burstsMax } = scope;
  return {
    kind: 'dmaEngine',
    scope: { burstsMax },
    machine,
    alphabet: Number.isFinite(burstsMax) ? alphabet(scope) : [],
    forbids: FORBIDS,
    view,
    take: ({ name, detail }) => (name === 'latch' ? { type: name, detail } : { type: name }),
  };
}
