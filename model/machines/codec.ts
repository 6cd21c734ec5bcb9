import { and, assign, not, setup } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { type AbstractState, EVENTS } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

/** The bounds of a codec. */
export interface CodecScope {
  /** Pages of one frame. */
  readonly pagesMax: number;
}

interface CodecContext {
  /** Pages of the job. */
  readonly pages: number;
  /** The page that it is about. */
  readonly page: number;
}

type Taken = { context: CodecContext; event: EventFor<'codec'> };

const REST: CodecContext = { pages: 0, page: 0 };

function setUp({ pagesMax }: CodecScope) {
  return setup({
    types: { context: {} as CodecContext, events: {} as EventFor<'codec'> },
    actions: {
      ...answers,
      open: assign({ pages: ({ event }: Taken) => event.detail ?? 0, page: 0 }),
      advance: assign({ page: ({ context }) => context.page + 1 }),
      rest: assign(REST),
    },
    guards: {
      isSized: ({ event }: Taken) => (event.detail ?? 0) > 0 && (event.detail ?? 0) <= pagesMax,
      isThisPage: ({ context, event }: Taken) => event.detail === context.page,
      isLast: ({ context }) => context.page === context.pages - 1,
    },
  });
}
type CodecSetup = ReturnType<typeof setUp>;

/** A page is read, and perhaps others that it refers to, before its picture is written. */
function coding(codec: CodecSetup) {
  const written = ['advance', embodies('HW-CODEC-001')] as const;
  return codec.createStateConfig({
    initial: 'reading',
    states: {
      reading: {
        on: {
          read: { guard: 'isThisPage', target: 'writing', actions: embodies('HW-CODEC-001') },
          badStream: {
            target: '#codec.error',
            actions: ['rest', embodies('HW-CODEC-001')],
          },
        },
      },
      writing: {
        on: {
          /** During the whole job, whoever has these frames by now. */
          reference: { actions: embodies('HW-CODEC-002') },
          write: [
            { guard: and(['isThisPage', 'isLast']), target: '#codec.drain', actions: written },
            { guard: and(['isThisPage', not('isLast')]), target: 'reading', actions: written },
          ],
        },
      },
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  start: ['HW-CODEC-001'],
  'start.dropped': ['HW-CODEC-001'],
  read: ['HW-CODEC-001'],
  reference: ['HW-CODEC-002'],
  write: ['HW-CODEC-001'],
  'partial.error': ['HW-CODEC-004'],
  'partial.silent': ['HW-CODEC-004'],
  badStream: ['HW-CODEC-001'],
  abort: ['HW-CODEC-001'],
  hang: ['HW-CODEC-004'],
  drain: ['HW-CODEC-001'],
  raise: ['HW-CODEC-001'],
  ack: ['HW-CODEC-001'],
  reset: ['HW-CODEC-001'],
  unplug: ['HW-CODEC-001'],
};

/** What STATUS reads: a codec that hangs looks as if it worked. */
function view({ value }: AnyMachineSnapshot): AbstractState {
  const state = typeof value === 'string' ? value : (Object.keys(value)[0] ?? '');
  const isBusy = !['idle', 'done', 'error', 'gone'].includes(state);
  return { state, context: { isBusy } };
}

function alphabet({ pagesMax }: CodecScope): readonly ModelEvent[] {
  const sizes = Array.from({ length: pagesMax }, (_, index) => index + 1);
  return EVENTS.codec.flatMap((type): readonly ModelEvent[] => {
    if (type === 'start') return sizes.map((detail) => ({ type, detail }));
    const isOfPage = type === 'read' || type === 'write';
    return isOfPage ? sizes.map((size) => ({ type, detail: size - 1 })) : [{ type }];
  });
}

/** A codec between two memories, one job at a time. */
export function codecMachine(scope: CodecScope): Lifecycle {
  const codec = setUp(scope);
  const ends = {
    reset: { target: '#codec.idle', actions: ['rest', embodies('HW-CODEC-001')] },
    unplug: { target: '#codec.gone', actions: ['rest', embodies('HW-CODEC-001')] },
  } as const;
  const busy = { ...ends, 'start.dropped': { actions: embodies('HW-CODEC-001') } } as const;
  const hangs = {
    hang: { target: '#codec.hung', actions: ['rest', embodies('HW-CODEC-004')] },
  } as const;
  const fails = {
    abort: { target: '#codec.error', actions: ['rest', embodies('HW-CODEC-001')] },
    'partial.error': { target: '#codec.error', actions: ['rest', embodies('HW-CODEC-004')] },
    'partial.silent': { target: '#codec.drain', actions: ['rest', embodies('HW-CODEC-004')] },
  } as const;
  const acknowledged = {
    ack: { target: '#codec.idle', actions: ['rest', embodies('HW-CODEC-001')] },
  } as const;
  const machine = codec.createMachine({
    id: 'codec',
    initial: 'idle',
    context: REST,
    states: {
      idle: {
        on: {
          ...ends,
          start: {
            guard: 'isSized',
            target: 'coding',
            actions: ['open', embodies('HW-CODEC-001', 'HW-CODEC-005')],
          },
        },
      },
      coding: { ...coding(codec), on: { ...busy, ...hangs, ...fails } },
      /** All writes of the frame can be seen before anybody is told. */
      drain: {
        on: {
          ...busy,
          ...hangs,
          drain: { target: 'ending', actions: ['rest', embodies('HW-CODEC-001')] },
        },
      },
      ending: { on: { ...busy, raise: { target: 'done', actions: embodies('HW-CODEC-001') } } },
      done: { on: { ...busy, ...acknowledged } },
      error: { on: { ...busy, ...acknowledged } },
      hung: { on: busy },
      gone: {},
    },
  });
  const { pagesMax } = scope;
  return {
    kind: 'codec',
    scope: { pagesMax },
    machine,
    alphabet: Number.isFinite(pagesMax) ? alphabet(scope) : [],
    forbids: FORBIDS,
    view,
    take: ({ name, detail }) =>
      name === 'start' || name === 'read' || name === 'write'
        ? { type: name, detail }
        : { type: name },
  };
}
