import { and, assign, not, setup } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { type AbstractState, EVENTS, type EventOf } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';
import type { RuleId } from '../rules/catalogue.ts';

/** The bounds of a screen. */
export interface CrtcScope {
  /** Lines that are read of each frame. */
  readonly linesMax: number;
}

interface CrtcContext {
  /** Scan lines of a frame; 0: it is off. */
  readonly lines: number;
  /** The scan line that is read next. */
  readonly next: number;
  /** The registers are to be taken over at the next blank lines. */
  readonly go: boolean;
  /** The registers are to be taken over at the next line. */
  readonly flips: boolean;
}

type Taken = { context: CrtcContext; event: EventFor<'crtc'> };

const START = { lines: 0, next: 0, flips: false };

function setUp({ linesMax }: CrtcScope) {
  return setup({
    types: { context: {} as CrtcContext, events: {} as EventFor<'crtc'> },
    actions: {
      ...answers,
      begin: assign(({ event }: Taken) => ({ ...START, lines: event.detail ?? 0, go: false })),
      end: assign(START),
      ask: assign({ go: true }),
      askNow: assign({ flips: true }),
      read: assign({ next: ({ context }) => context.next + 1 }),
      rewind: assign({ next: 0 }),
      take: assign({ next: 0, go: false }),
      takeNow: assign({ flips: false }),
    },
    guards: {
      isNext: ({ context, event }: Taken) =>
        event.detail === context.next && context.next < context.lines && !context.flips,
      isFrame: ({ event }: Taken) => (event.detail ?? 0) > 0 && (event.detail ?? 0) <= linesMax,
      hasRead: ({ context }) => context.next === context.lines && !context.flips,
      goes: ({ context }) => context.go,
      flips: ({ context }) => context.flips,
    },
  });
}
type CrtcSetup = ReturnType<typeof setUp>;

/** One frame after the other. `ending`: the controller is to stop before the next blank lines. */
function scanning(crtc: CrtcSetup, ending: boolean) {
  const read = (...rules: readonly RuleId[]) =>
    ({ guard: 'isNext', target: 'active', actions: ['read', embodies(...rules)] }) as const;
  const reads = {
    line: read('HW-DISP-004'),
    'line.fault': read('HW-DISP-007'),
    'line.late': read('HW-DISP-007'),
  };
  const flip = {
    'flip.latch': { guard: 'flips', actions: ['takeNow', embodies('HW-DISP-005')] },
  } as const;
  const blank = {
    latch: {
      guard: and(['hasRead', 'goes']),
      target: 'counting',
      actions: ['take', embodies('HW-DISP-001', 'HW-DISP-002')],
    },
    repeat: {
      guard: and(['hasRead', not('goes')]),
      target: 'counting',
      actions: ['rewind', embodies('HW-DISP-001', 'HW-DISP-002')],
    },
    'latch.register': { guard: and(['hasRead', not('goes')]), actions: embodies('HW-DISP-003') },
  } as const;
  const stop = {
    stop: {
      guard: 'hasRead',
      target: '#crtc.off',
      actions: ['end', embodies('HW-DISP-011', 'HW-DISP-012')],
    },
  } as const;
  return crtc.createStateConfig({
    initial: 'active',
    on: {
      go: { actions: ['ask', embodies('HW-DISP-002')] },
      flip: { actions: ['askNow', embodies('HW-DISP-005')] },
      unplug: { target: '#crtc.gone', actions: ['end', embodies('HW-DISP-012')] },
    },
    states: {
      active: { on: { ...reads, ...flip, ...(ending ? stop : blank) } },
      counting: { on: { count: { target: 'raising', actions: embodies('HW-DISP-001') } } },
      raising: {
        on: { vblank: { target: 'blank', actions: embodies('HW-DISP-001', 'HW-DISP-006') } },
      },
      blank: { on: { ...reads, ...flip } },
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  enable: ['HW-DISP-012'],
  disable: ['HW-DISP-012'],
  go: ['HW-DISP-012'],
  flip: ['HW-DISP-012'],
  'flip.latch': ['HW-DISP-005'],
  line: ['HW-DISP-004', 'HW-DISP-011', 'HW-DISP-012'],
  'line.fault': ['HW-DISP-004', 'HW-DISP-007'],
  'line.late': ['HW-DISP-004', 'HW-DISP-007'],
  latch: ['HW-DISP-002', 'HW-DISP-012'],
  'latch.register': ['HW-DISP-003'],
  repeat: ['HW-DISP-002', 'HW-DISP-012'],
  count: ['HW-DISP-001'],
  vblank: ['HW-DISP-001', 'HW-DISP-006', 'HW-DISP-012'],
  stop: ['HW-DISP-011'],
  unplug: ['HW-DISP-012'],
};

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { value } = snapshot;
  const { go, flips }: CrtcContext = snapshot.context;
  const state = typeof value === 'string' ? value : (Object.keys(value)[0] ?? '');
  return { state, context: state === 'gone' ? {} : { go, flips } };
}

function alphabet({ linesMax }: CrtcScope): readonly ModelEvent[] {
  const lines = Array.from({ length: linesMax }, (_, line) => line);
  return EVENTS.crtc.flatMap((type: EventOf<'crtc'>): ModelEvent[] => {
    if (type === 'enable') return [{ type, detail: linesMax }];
    return type.startsWith('line') ? lines.map((detail) => ({ type, detail })) : [{ type }];
  });
}

/** A screen: it reads line after line, and between two frames it takes over its registers. */
export function crtcMachine(scope: CrtcScope): Lifecycle {
  const crtc = setUp(scope);
  const on = scanning(crtc, false);
  const { states } = on;
  const stopping = scanning(crtc, true);
  // Each step of a frame goes on where it was.
  const disabled = (step: string) =>
    ({ target: `#crtc.stopping.${step}`, actions: embodies('HW-DISP-011') }) as const;
  const machine = crtc.createMachine({
    id: 'crtc',
    initial: 'off',
    context: { ...START, go: false },
    states: {
      off: {
        on: {
          enable: {
            guard: 'isFrame',
            target: 'on',
            actions: ['begin', embodies('HW-DISP-012')],
          },
          go: { actions: ['ask', embodies('HW-DISP-012')] },
          unplug: { target: 'gone', actions: ['end', embodies('HW-DISP-012')] },
        },
      },
      on: {
        ...on,
        states: {
          active: { on: { ...states?.active?.on, disable: disabled('active') } },
          counting: { on: { ...states?.counting?.on, disable: disabled('counting') } },
          raising: { on: { ...states?.raising?.on, disable: disabled('raising') } },
          blank: { on: { ...states?.blank?.on, disable: disabled('blank') } },
        },
      },
      stopping,
      gone: {},
    },
  });
  const { linesMax } = scope;
  return {
    kind: 'crtc',
    scope: { linesMax },
    machine,
    alphabet: Number.isFinite(linesMax) ? alphabet(scope) : [],
    forbids: FORBIDS,
    view,
    take: ({ name, detail }) =>
      name === 'enable' || name.startsWith('line') ? { type: name, detail } : { type: name },
  };
}
