import { and, assign, not, setup } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { type AbstractState, EVENTS, type EventOf } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';
import type { RuleId } from '../rules/catalogue.ts';

/** The bounds of a graphics engine. */
export interface GpuScope {
  /** Commands between both pointers of the ring. */
  readonly pendingMax: number;
  /** Commands in a buffer that the ring names. */
  readonly batchMax: number;
}

/** Flags of a fence command. */
const FLUSH = 1;
const INTERRUPT = 2;

interface GpuContext {
  /** Write pointer less read pointer, modulo 2^32. */
  readonly pending: number;
  /** Commands that are left in the buffer being executed; 0: commands come from the ring. */
  readonly batch: number;
  /** The fence being executed raises an interrupt. */
  readonly interrupts: boolean;
}

type Taken = { context: GpuContext; event: EventFor<'gpu'> };

const detail = ({ event }: Taken): number => event.detail ?? 0;
const IDLE_ENGINE = { pending: 0, batch: 0, interrupts: false };

function setUp({ pendingMax, batchMax }: GpuScope) {
  return setup({
    types: { context: {} as GpuContext, events: {} as EventFor<'gpu'> },
    actions: {
      ...answers,
      point: assign({ pending: detail }),
      open: assign({ batch: detail }),
      arm: assign({ interrupts: (args) => (detail(args) & INTERRUPT) !== 0 }),
      /** The read pointer stays where it is while commands of the buffer are left. */
      advance: assign({
        pending: ({ context }) =>
          context.batch > 1 ? context.pending : (context.pending - 1) >>> 0,
        batch: ({ context }) => Math.max(context.batch - 1, 0),
        interrupts: false,
      }),
      forget: assign(IDLE_ENGINE),
    },
    guards: {
      isWithin: (args) => detail(args) <= pendingMax,
      /** While a command is executed it lies between the pointers, and more may follow. */
      isAhead: (args) => detail(args) > 0 || pendingMax === Infinity,
      isEmpty: (args) => detail(args) === 0,
      isBatch: (args) => args.context.batch === 0 && detail(args) <= batchMax,
      isInBatch: ({ context }) => context.batch > 0,
      hasCommands: (args) => detail(args) > 0,
      flushes: (args) => (detail(args) & FLUSH) !== 0,
      interrupts: ({ context }) => context.interrupts,
      /** The read pointer meets the write pointer. */
      isLast: ({ context }) => context.pending === 1 && context.batch <= 1,
    },
  });
}
type GpuSetup = ReturnType<typeof setUp>;

/** The last step of a command: the next one is fetched, if there is one. */
function finishes(gpu: GpuSetup, ...rules: readonly RuleId[]) {
  return gpu.createStateConfig({
    on: {
      finish: [
        { guard: 'isLast', target: '#gpu.idle', actions: ['advance', embodies(...rules)] },
        { guard: not('isLast'), target: '#gpu.fetch', actions: ['advance', embodies(...rules)] },
      ],
    },
  });
}

/** An access may be refused. */
function aborts(gpu: GpuSetup) {
  return gpu.createStateConfig({
    on: { abort: { target: '#gpu.faulted', actions: ['forget', embodies('HW-GPU-015')] } },
  });
}

/** Everything may hang. */
function hangs(gpu: GpuSetup) {
  return gpu.createStateConfig({
    on: { hang: { target: '#gpu.hung', actions: ['forget', embodies('HW-GPU-012')] } },
  });
}

/** The steps of a command that was decoded. */
function executing(gpu: GpuSetup) {
  return gpu.createStateConfig({
    initial: 'command',
    on: hangs(gpu).on,
    states: {
      /** One memory line per step. */
      command: {
        on: {
          line: { actions: embodies('HW-GPU-005') },
          ...aborts(gpu).on,
          ...finishes(gpu, 'HW-GPU-001', 'HW-GPU-004').on,
        },
      },
      waiting: {
        on: {
          stall: { target: '#gpu.stalled', actions: embodies('HW-GPU-016') },
          ...aborts(gpu).on,
          ...finishes(gpu, 'HW-GPU-016').on,
        },
      },
      /** Data first, then the number, then the status, then the interrupt. */
      flushing: { on: { 'fence.flush': { target: 'writing', actions: embodies('HW-GPU-006') } } },
      writing: {
        on: {
          ...aborts(gpu).on,
          'fence.write': [
            { guard: 'interrupts', target: 'telling', actions: embodies('HW-GPU-006') },
            { guard: not('interrupts'), target: 'told', actions: embodies('HW-GPU-006') },
          ],
        },
      },
      telling: { on: { 'fence.status': { target: 'raising', actions: embodies('HW-GPU-006') } } },
      raising: { on: { 'fence.raise': { target: 'told', actions: embodies('HW-GPU-006') } } },
      told: finishes(gpu, 'HW-GPU-006', 'HW-GPU-004'),
    },
  });
}

/** What was fetched is looked at. */
function decoding(gpu: GpuSetup) {
  return gpu.createStateConfig({
    on: {
      'decode.plain': { target: 'exec.command', actions: embodies('HW-GPU-001', 'HW-GPU-002') },
      'decode.wait': { target: 'exec.waiting', actions: embodies('HW-GPU-016') },
      'decode.fence': [
        { guard: 'flushes', target: 'exec.flushing', actions: ['arm', embodies('HW-GPU-006')] },
        {
          guard: not('flushes'),
          target: 'exec.writing',
          actions: ['arm', embodies('HW-GPU-006')],
        },
      ],
      // A buffer does not name another one.
      'decode.batch': [
        {
          guard: and(['isBatch', 'hasCommands']),
          target: 'fetch',
          actions: ['open', embodies('HW-GPU-001')],
        },
        {
          guard: and(['isBatch', not('hasCommands')]),
          target: 'exec.command',
          actions: embodies('HW-GPU-001'),
        },
      ],
      'decode.bad': { target: 'faulted', actions: ['forget', embodies('HW-GPU-015')] },
      hang: { target: 'hung', actions: ['forget', embodies('HW-GPU-012')] },
    },
  });
}

/** A write pointer that comes in the middle of a command is seen when that one is done. */
function busyDoorbell(gpu: GpuSetup) {
  return gpu.createStateConfig({
    on: {
      doorbell: {
        guard: and(['isWithin', 'isAhead']),
        actions: ['point', embodies('HW-GPU-001', 'HW-GPU-011')],
      },
      'doorbell.dropped': { actions: embodies('HW-GPU-011') },
    },
  });
}

/** What works as long as nothing has gone wrong. */
function working(gpu: GpuSetup) {
  const busy = busyDoorbell(gpu).on;
  const decode = decoding(gpu).on;
  const exec = executing(gpu);
  return {
    idle: gpu.createStateConfig({
      on: {
        doorbell: [
          {
            guard: 'isEmpty',
            actions: ['point', embodies('HW-GPU-001')],
          },
          {
            guard: and(['isWithin', not('isEmpty')]),
            target: 'fetch',
            actions: ['point', embodies('HW-GPU-001', 'HW-GPU-002')],
          },
        ],
        'doorbell.dropped': { actions: embodies('HW-GPU-011') },
      },
    }),
    fetch: gpu.createStateConfig({
      on: {
        ...busy,
        ...aborts(gpu).on,
        ...hangs(gpu).on,
        fetch: { target: 'decode', actions: embodies('HW-GPU-002') },
      },
    }),
    decode: gpu.createStateConfig({ on: { ...busy, ...decode } }),
    exec: gpu.createStateConfig({ ...exec, on: { ...busy, ...exec.on } }),
    stalled: gpu.createStateConfig({
      on: {
        ...busy,
        ...aborts(gpu).on,
        ...finishes(gpu, 'HW-GPU-016').on,
      },
    }),
  };
}

const FORBIDS: Lifecycle['forbids'] = {
  powerOn: ['HW-GPU-001'],
  powerOff: ['HW-GPU-001'],
  doorbell: ['HW-GPU-001', 'HW-GPU-011'],
  'doorbell.dropped': ['HW-GPU-011'],
  fetch: ['HW-GPU-001', 'HW-GPU-013'],
  'decode.plain': ['HW-GPU-001'],
  'decode.fence': ['HW-GPU-001'],
  'decode.wait': ['HW-GPU-001'],
  'decode.batch': ['HW-GPU-001'],
  'decode.bad': ['HW-GPU-001'],
  line: ['HW-GPU-013', 'HW-GPU-015'],
  stall: ['HW-GPU-016'],
  'fence.flush': ['HW-GPU-006'],
  'fence.write': ['HW-GPU-006', 'HW-GPU-013'],
  'fence.status': ['HW-GPU-006'],
  'fence.raise': ['HW-GPU-006'],
  finish: ['HW-GPU-004', 'HW-GPU-006'],
  abort: ['HW-GPU-015'],
  hang: ['HW-GPU-012'],
  reset: ['HW-GPU-001', 'HW-GPU-013'],
  resetDone: ['HW-GPU-013'],
  unplug: ['HW-GPU-001'],
};

const OPERATING: ReadonlySet<string> = new Set(['idle', 'fetch', 'decode', 'exec', 'stalled']);

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { pending, batch }: GpuContext = snapshot.context;
  const { value } = snapshot;
  const state = typeof value === 'string' ? value : (Object.keys(value)[0] ?? '');
  return { state, context: OPERATING.has(state) ? { pending, batch } : {} };
}

function alphabet({ pendingMax, batchMax }: GpuScope): readonly ModelEvent[] {
  const upTo = (max: number): readonly number[] => Array.from({ length: max + 1 }, (_, at) => at);
  const details: Partial<Record<EventOf<'gpu'>, readonly number[]>> = {
    doorbell: upTo(pendingMax),
    'decode.fence': upTo(FLUSH | INTERRUPT),
    'decode.batch': upTo(batchMax),
  };
  return EVENTS.gpu.flatMap(
    (type): ModelEvent[] =>
      details[type]?.map((number) => ({ type, detail: number })) ?? [{ type }],
  );
}

const NUMBERED: ReadonlySet<string> = new Set(['doorbell', 'decode.fence', 'decode.batch']);

/** A graphics engine: it fetches, decodes and executes commands of a ring, until it is reset. */
export function gpuMachine(scope: GpuScope): Lifecycle {
  const gpu = setUp(scope);
  const ends = {
    reset: { target: '#gpu.resetting', actions: ['forget', embodies('HW-GPU-013')] },
    powerOff: { target: '#gpu.off', actions: ['forget', embodies('HW-GPU-001')] },
    unplug: { target: '#gpu.gone', actions: ['forget', embodies('HW-GPU-001')] },
  } as const;
  const drops = { 'doorbell.dropped': { actions: embodies('HW-GPU-001') } } as const;
  const { idle, fetch, decode, exec, stalled } = working(gpu);
  const machine = gpu.createMachine({
    id: 'gpu',
    initial: 'off',
    context: IDLE_ENGINE,
    states: {
      off: {
        on: {
          ...drops,
          powerOn: { target: 'idle', actions: embodies('HW-GPU-001') },
          unplug: ends.unplug,
        },
      },
      idle: { ...idle, on: { ...idle.on, ...ends } },
      fetch: { ...fetch, on: { ...fetch.on, ...ends } },
      decode: { ...decode, on: { ...decode.on, ...ends } },
      exec: { ...exec, on: { ...exec.on, ...ends } },
      stalled: { ...stalled, on: { ...stalled.on, ...ends } },
      faulted: { on: { ...drops, ...ends } },
      hung: { on: { ...drops, ...ends } },
      resetting: {
        on: {
          ...drops,
          ...ends,
          resetDone: { target: 'idle', actions: embodies('HW-GPU-013') },
        },
      },
      gone: {},
    },
  });
  const { pendingMax, batchMax } = scope;
  return {
    kind: 'gpu',
    scope: { pendingMax, batchMax },
    machine,
    alphabet: Number.isFinite(pendingMax) ? alphabet(scope) : [],
    forbids: FORBIDS,
    view,
    take: ({ name, detail: number }) =>
      NUMBERED.has(name) ? { type: name, detail: number } : { type: name },
  };
}
