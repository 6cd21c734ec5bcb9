import { and, assign, not, setup, stateIn } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { type AbstractState, EVENTS } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

/** How many addresses of frames to come the hardware keeps. Unit: addresses. */
const QUEUE_MAX = 2;

/** The bounds of a camera. */
export interface CameraScope {
  /** Image lines of a frame. */
  readonly linesMax: number;
}

interface CameraContext {
  /** Addresses that wait: what QUEUE_LEVEL reads. */
  readonly level: number;
  /** Image lines of a frame. */
  readonly lines: number;
  /** The line that comes next. */
  readonly line: number;
}

type Taken = { context: CameraContext; event: EventFor<'camera'> };

function setUp({ linesMax }: CameraScope) {
  return setup({
    types: { context: {} as CameraContext, events: {} as EventFor<'camera'> },
    actions: {
      ...answers,
      queue: assign({ level: ({ context }) => context.level + 1 }),
      /** The address is fixed for the frame. */
      begin: assign({ level: ({ context }) => context.level - 1, line: 0 }),
      advance: assign({ line: ({ context }) => context.line + 1 }),
      rest: assign({ line: 0 }),
      open: assign({ lines: ({ event }: Taken) => event.detail ?? 0 }),
      /** Addresses that were not used are dropped. */
      stop: assign({ level: 0, line: 0, lines: 0 }),
    },
    guards: {
      hasRoom: ({ context }) => context.level < QUEUE_MAX,
      hasAddress: ({ context }) => context.level > 0,
      isNext: ({ context, event }: Taken) => event.detail === context.line,
      isLast: ({ context }) => context.line === context.lines - 1,
      isSized: ({ event }: Taken) => (event.detail ?? 0) > 0 && (event.detail ?? 0) <= linesMax,
      isStopping: stateIn({ order: 'stopping' }),
      isThere: not(stateIn({ engine: 'gone' })),
    },
  });
}
type CameraSetup = ReturnType<typeof setUp>;

const QUEUEING = {
  queue: { guard: 'hasRoom', actions: ['queue', embodies('HW-CAM-003', 'HW-CAM-008')] },
  'queue.full': { guard: not('hasRoom'), actions: embodies('HW-CAM-008') },
} as const;
const UNPLUG = {
  unplug: { target: '#camera.engine.gone', actions: ['stop', embodies('HW-CAM-002')] },
} as const;
/** In a frame: at its end, or at once. */
const STOPPING = {
  abort: {
    target: '#camera.engine.off',
    actions: ['stop', embodies('HW-CAM-002', 'HW-CAM-006')],
  },
  streamOff: { guard: not('isStopping'), actions: embodies('HW-CAM-002', 'HW-CAM-006') },
} as const;
const FAULT = {
  fault: { target: '#camera.engine.complete', actions: ['rest', embodies('HW-CAM-007')] },
} as const;

/** Between frames. */
function waiting(camera: CameraSetup) {
  const stop = {
    target: '#camera.engine.off',
    actions: ['stop', embodies('HW-CAM-002', 'HW-CAM-006')],
  } as const;
  return camera.createStateConfig({
    on: {
      ...QUEUEING,
      ...UNPLUG,
      sof: {
        guard: 'hasAddress',
        target: '#camera.engine.capture',
        actions: ['begin', embodies('HW-CAM-001', 'HW-CAM-002', 'HW-CAM-003')],
      },
      overrun: {
        guard: not('hasAddress'),
        actions: embodies('HW-CAM-001', 'HW-CAM-002', 'HW-CAM-008'),
      },
      streamOff: stop,
      abort: stop,
    },
  });
}

/** The lines of a frame, and the wait until all can be seen. */
function storing(camera: CameraSetup) {
  const inFrame = { ...QUEUEING, ...UNPLUG, ...STOPPING } as const;
  const line = ['advance', embodies('HW-CAM-003')] as const;
  return {
    capture: camera.createStateConfig({
      on: {
        ...inFrame,
        ...FAULT,
        line: [
          {
            guard: and(['isNext', 'isLast']),
            target: '#camera.engine.drain',
            actions: ['rest', embodies('HW-CAM-003')],
          },
          { guard: 'isNext', actions: line },
        ],
      },
    }),
    drain: camera.createStateConfig({
      on: {
        ...inFrame,
        drain: {
          target: '#camera.engine.complete',
          actions: ['rest', embodies('HW-CAM-004')],
        },
        early: {
          target: '#camera.engine.complete',
          actions: ['rest', embodies('HW-CAM-005')],
        },
      },
    }),
  };
}

/** The frame is over: address and number are stored together, and then the interrupt comes. */
function ending(camera: CameraSetup) {
  const inFrame = { ...QUEUEING, ...UNPLUG, ...STOPPING } as const;
  return {
    complete: camera.createStateConfig({
      on: {
        ...inFrame,
        latch: { target: '#camera.engine.latched', actions: embodies('HW-CAM-004') },
      },
    }),
    latched: camera.createStateConfig({
      on: {
        ...inFrame,
        raise: [
          {
            guard: 'isStopping',
            target: '#camera.engine.off',
            actions: ['stop', embodies('HW-CAM-002', 'HW-CAM-006')],
          },
          { target: '#camera.engine.waiting', actions: embodies('HW-CAM-002', 'HW-CAM-004') },
        ],
      },
    }),
  };
}

/** The sensor and what stores its frames. */
function engine(camera: CameraSetup) {
  return camera.createStateConfig({
    initial: 'off',
    states: {
      off: {
        on: {
          ...QUEUEING,
          ...UNPLUG,
          stream: {
            guard: 'isSized',
            target: 'waiting',
            actions: ['open', embodies('HW-CAM-002')],
          },
        },
      },
      waiting: waiting(camera),
      ...storing(camera),
      ...ending(camera),
      gone: {},
    },
  });
}

/** A stop in the middle of a frame takes effect at its end. */
function order(camera: CameraSetup) {
  const isInFrame = not(stateIn({ engine: 'waiting' }));
  return camera.createStateConfig({
    initial: 'running',
    states: {
      running: {
        on: {
          streamOff: {
            guard: and([isInFrame, not(stateIn({ engine: 'off' })), 'isThere']),
            target: 'stopping',
          },
        },
      },
      stopping: {
        on: {
          abort: { guard: 'isThere', target: 'running' },
          unplug: { guard: 'isThere', target: 'running' },
          raise: { guard: stateIn({ engine: 'latched' }), target: 'running' },
        },
      },
    },
  });
}

/** What the driver has not read yet: the address of a frame is lost with the next one. */
function report(camera: CameraSetup) {
  const isLatching = stateIn({ engine: 'complete' });
  return camera.createStateConfig({
    initial: 'clear',
    states: {
      clear: { on: { latch: { guard: isLatching, target: 'pending' } } },
      pending: {
        on: {
          latch: { guard: isLatching, target: 'lost' },
          ack: { guard: 'isThere', target: 'clear', actions: embodies('HW-CAM-004') },
        },
      },
      lost: {
        on: { ack: { guard: 'isThere', target: 'clear', actions: embodies('HW-CAM-004') } },
      },
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  stream: ['HW-CAM-002'],
  streamOff: ['HW-CAM-002', 'HW-CAM-006'],
  abort: ['HW-CAM-006'],
  queue: ['HW-CAM-008'],
  'queue.full': ['HW-CAM-008'],
  sof: ['HW-CAM-001', 'HW-CAM-002'],
  overrun: ['HW-CAM-001', 'HW-CAM-008'],
  line: ['HW-CAM-003'],
  fault: ['HW-CAM-007'],
  drain: ['HW-CAM-004'],
  early: ['HW-CAM-005'],
  latch: ['HW-CAM-004'],
  raise: ['HW-CAM-004'],
  ack: ['HW-CAM-004'],
  unplug: ['HW-CAM-002'],
};

function view({ value, context }: AnyMachineSnapshot): AbstractState {
  // A machine of three regions: each is in one state, by name.
  const regions = value as Readonly<Record<'engine' | 'order' | 'report', string>>;
  const { level }: CameraContext = context;
  const { engine: state, order: stop, report: status } = regions;
  return { state, context: { level, isStopping: stop === 'stopping', status } };
}

function alphabet({ linesMax }: CameraScope): readonly ModelEvent[] {
  const sizes = Array.from({ length: linesMax }, (_, index) => index + 1);
  return EVENTS.camera.flatMap((type): readonly ModelEvent[] => {
    if (type === 'stream') return [{ type, detail: linesMax }];
    return type === 'line' ? sizes.map((size) => ({ type, detail: size - 1 })) : [{ type }];
  });
}

/** A camera that runs freely while it streams, and stores frames where it is told to. */
export function cameraMachine(scope: CameraScope): Lifecycle {
  const camera = setUp(scope);
  const machine = camera.createMachine({
    id: 'camera',
    type: 'parallel',
    context: { level: 0, line: 0, lines: 0 },
    states: { engine: engine(camera), order: order(camera), report: report(camera) },
  });
  const { linesMax } = scope;
  return {
    kind: 'camera',
    scope: { linesMax },
    machine,
    alphabet: Number.isFinite(linesMax) ? alphabet(scope) : [],
    forbids: FORBIDS,
    view,
    take: ({ name, detail }) =>
      name === 'stream' || name === 'line' ? { type: name, detail } : { type: name },
  };
}
