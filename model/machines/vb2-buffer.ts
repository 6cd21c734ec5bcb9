import { and, assign, not, or, setup, stateIn } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { EVENTS } from '../events.ts';
import type { AbstractState } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

/** The bounds of a video buffer. */
export interface Vb2BufferScope {
  readonly planesMax: number;
}

interface Vb2BufferContext {
  readonly planes: number;
  /** Planes with memory: always the lowest ones. */
  readonly acquired: number;
}

function setUp({ planesMax }: Vb2BufferScope) {
  return setup({
    types: { context: {} as Vb2BufferContext, events: {} as EventFor<'vb2Buffer'> },
    actions: {
      ...answers,
      size: assign({ planes: ({ event }) => event.detail ?? 0 }),
      fill: assign({
        planes: ({ event }) => event.detail ?? 0,
        acquired: ({ event }) => event.detail ?? 0,
      }),
      acquire: assign({ acquired: ({ context }) => context.acquired + 1 }),
      release: assign({ acquired: ({ context }) => context.acquired - 1 }),
      empty: assign({ acquired: 0 }),
    },
    guards: {
      isUnborn: stateIn({ life: 'unborn' }),
      isAlive: stateIn({ life: 'alive' }),
      isDequeued: stateIn({ place: 'dequeued' }),
      isDone: or([stateIn({ place: 'done' }), stateIn({ place: 'error' })]),
      isPreparing: stateIn({ place: 'preparing' }),
      isPrepared: stateIn({ readiness: 'prepared' }),
      isOwn: stateIn({ memory: 'own' }),
      isEmpty: stateIn({ memory: 'empty' }),
      isPartial: stateIn({ memory: 'partial' }),
      isFull: stateIn({ memory: 'full' }),
      /** Something is to be taken back. */
      isCancelled: not(
        and([stateIn({ place: 'dequeued' }), not(stateIn({ readiness: 'prepared' }))]),
      ),
      /** Drivers give back what they have, first. */
      isCancellable: not(stateIn({ place: 'active' })),
      isSized: ({ event }) => (event.detail ?? 0) > 0 && (event.detail ?? 0) <= planesMax,
      isNext: ({ context, event }) => event.detail === context.acquired,
      isNextAndLast: ({ context, event }) =>
        event.detail === context.acquired && context.acquired + 1 === context.planes,
      /** From the highest one down. */
      isHighest: ({ context, event }) => event.detail === context.acquired - 1,
      isOnly: ({ context, event }) => event.detail === 0 && context.acquired === 1,
    },
  });
}

type Vb2BufferSetup = ReturnType<typeof setUp>;

function life(buffer: Vb2BufferSetup) {
  return buffer.createStateConfig({
    initial: 'unborn',
    states: {
      unborn: {
        on: {
          alloc: { guard: 'isSized', target: 'alive', actions: ['size', embodies('VB2-014')] },
          'alloc.mmap': {
            guard: 'isSized',
            target: 'alive',
            actions: ['fill', embodies('VB2-014')],
          },
        },
      },
      alive: {
        on: {
          free: {
            guard: and(['isDequeued', not('isPrepared'), or(['isOwn', 'isEmpty'])]),
            target: 'freed',
            actions: ['empty', embodies('VB2-005', 'VB2-014')],
          },
        },
      },
      freed: {},
    },
  });
}

/** Who has it: user space, the queue, the driver, or the list of what is done. */
function place(buffer: Vb2BufferSetup) {
  const cancel = {
    guard: 'isCancelled',
    target: 'dequeued',
    actions: embodies('VB2-011'),
  } as const;
  return buffer.createStateConfig({
    initial: 'dequeued',
    states: {
      dequeued: {
        on: {
          prepare: {
            guard: and(['isAlive', not('isPrepared'), not('isPartial')]),
            target: 'preparing',
            actions: embodies('VB2-016'),
          },
          queue: {
            guard: and(['isAlive', 'isPrepared']),
            target: 'queued',
            actions: embodies('VB2-002'),
          },
          cancel,
        },
      },
      preparing: {
        on: {
          prepared: {
            guard: or(['isOwn', 'isFull']),
            target: 'dequeued',
            actions: embodies('VB2-016'),
          },
          'prepare.failed': {
            guard: or(['isOwn', 'isEmpty']),
            target: 'dequeued',
            actions: embodies('VB2-005'),
          },
        },
      },
      queued: {
        on: {
          give: { target: 'active', actions: embodies('VB2-008', 'VB2-012') },
          unqueue: { target: 'dequeued', actions: embodies('VB2-008') },
          cancel,
        },
      },
      active: {
        on: {
          done: { target: 'done', actions: embodies('VB2-012') },
          'done.error': { target: 'error', actions: embodies('VB2-012') },
          'done.back': { target: 'queued', actions: embodies('VB2-012', 'VB2-016') },
        },
      },
      done: {
        on: { dequeue: { target: 'dequeued', actions: embodies('VB2-009') }, cancel },
      },
      error: {
        on: { dequeue: { target: 'dequeued', actions: embodies('VB2-010') }, cancel },
      },
    },
  });
}

/** The driver has looked at it since it was user space's. */
function readiness(buffer: Vb2BufferSetup) {
  return buffer.createStateConfig({
    initial: 'unprepared',
    states: {
      unprepared: {
        on: {
          prepared: { guard: and(['isPreparing', or(['isOwn', 'isFull'])]), target: 'prepared' },
        },
      },
      prepared: {
        on: {
          dequeue: { guard: 'isDone', target: 'unprepared' },
          cancel: { guard: 'isCancellable', target: 'unprepared' },
        },
      },
    },
  });
}

/** Imported memory outlives the stay of the buffer in the queue. */
function memory(buffer: Vb2BufferSetup) {
  const releasing = or(['isPreparing', and(['isDequeued', not('isPrepared')])]);
  const acquire = [
    {
      guard: and(['isPreparing', 'isNextAndLast']),
      target: 'full',
      actions: ['acquire', embodies('VB2-004')],
    },
    {
      guard: and(['isPreparing', 'isNext']),
      target: 'partial',
      actions: ['acquire', embodies('VB2-004')],
    },
  ] as const;
  const share = [
    {
      guard: and(['isPreparing', 'isNextAndLast']),
      target: 'full',
      actions: ['acquire', embodies('VB2-006')],
    },
    {
      guard: and(['isPreparing', 'isNext']),
      target: 'partial',
      actions: ['acquire', embodies('VB2-006')],
    },
  ] as const;
  const release = [
    {
      guard: and([releasing, 'isOnly']),
      target: 'empty',
      actions: ['release', embodies('VB2-005')],
    },
    {
      guard: and([releasing, 'isHighest']),
      target: 'partial',
      actions: ['release', embodies('VB2-005', 'VB2-006')],
    },
  ] as const;
  return buffer.createStateConfig({
    initial: 'empty',
    states: {
      empty: {
        on: {
          'alloc.mmap': { guard: and(['isUnborn', 'isSized']), target: 'own' },
          'plane.acquire': acquire,
        },
      },
      partial: {
        on: {
          'plane.acquire': acquire,
          'plane.share': share,
          'plane.release': release,
        },
      },
      full: { on: { 'plane.release': release } },
      own: {},
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  alloc: ['VB2-014'],
  'alloc.mmap': ['VB2-014'],
  prepare: ['VB2-016'],
  'plane.acquire': ['VB2-004'],
  'plane.share': ['VB2-006'],
  'plane.release': ['VB2-005', 'VB2-006'],
  prepared: ['VB2-004', 'VB2-016'],
  'prepare.failed': ['VB2-005'],
  queue: ['VB2-002', 'VB2-016'],
  give: ['VB2-008', 'VB2-012'],
  done: ['VB2-012'],
  'done.error': ['VB2-012'],
  'done.back': ['VB2-012', 'VB2-016'],
  unqueue: ['VB2-008'],
  dequeue: ['VB2-009', 'VB2-016'],
  cancel: ['VB2-011'],
  free: ['VB2-005', 'VB2-014'],
};

const PLACES = ['dequeued', 'preparing', 'queued', 'active', 'done', 'error'] as const;

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { acquired }: Vb2BufferContext = snapshot.context;
  const state = PLACES.find((name) => snapshot.matches({ place: name })) ?? 'dequeued';
  const isPrepared = snapshot.matches({ readiness: 'prepared' });
  return { state, context: { acquired, isPrepared } };
}

const counts = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);

/** A frame of a video queue, between user space, the queue and the driver. */
export function vb2BufferMachine(scope: Vb2BufferScope): Lifecycle {
  const buffer = setUp(scope);
  const machine = buffer.createMachine({
    id: 'vb2Buffer',
    type: 'parallel',
    context: { planes: 0, acquired: 0 },
    states: {
      life: life(buffer),
      place: place(buffer),
      readiness: readiness(buffer),
      memory: memory(buffer),
    },
  });
  const planes = Number.isFinite(scope.planesMax) ? scope.planesMax : 0;
  const details = (type: string): readonly number[] | null => {
    if (type.startsWith('alloc')) return counts(1, planes);
    // There is no lower plane whose memory the first one could share.
    if (type === 'plane.share') return counts(1, planes - 1);
    return type.startsWith('plane.') ? counts(0, planes - 1) : null;
  };
  return {
    kind: 'vb2Buffer',
    scope: { planesMax: scope.planesMax },
    machine,
    alphabet: EVENTS.vb2Buffer.flatMap(
      (type): ModelEvent[] => details(type)?.map((detail) => ({ type, detail })) ?? [{ type }],
    ),
    forbids: FORBIDS,
    view,
    take: ({ name, detail }) => (details(name) === null ? { type: name } : { type: name, detail }),
  };
}
