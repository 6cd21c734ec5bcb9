import { and, assign, not, or, setup, stateIn } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { ENOMEM, ERESTARTSYS } from '../errno.ts';
import type { AbstractState } from '../events.ts';
import type { EventFor, Lifecycle } from '../lifecycle.ts';
import { answers, embodies, returns } from '../returns.ts';
import { alphabet, FORBIDS, take } from './resv-events.ts';
import { EMPTY, listWith, maxFor, pendingOf, slotsSeen, withReplaced } from './resv-list.ts';
import type { ResvList } from './resv-list.ts';
import { added, detailOf, fenceOf, guardsOf } from './resv-scope.ts';
import type { ResvScope } from './resv-scope.ts';

function setUp(scope: ResvScope) {
  return setup({
    types: { context: {} as ResvList, events: {} as EventFor<'resv'> },
    actions: {
      ...answers,
      grow: assign({
        slots: ({ context }) => pendingOf(context),
        isVisited: ({ context }) => pendingOf(context).length > 0,
        max: (args) => maxFor(args.context, detailOf(args)),
      }),
      add: assign({
        slots: (args) => listWith(args.context, added(args)),
      }),
      beginReplacing: assign({
        replaced: (args) => ({ context: detailOf(args), below: 0, by: null }),
      }),
      replace: assign(({ context, event }) => withReplaced(context, added({ context, event }))),
      endReplacing: assign({ replaced: null }),
      take: assign({
        copied: ({ context, event }) => {
          const entry = added({ context, event });
          const isSignaled = context.signaled.includes(entry.fence);
          return [...context.copied, { ...entry, isSignaled }];
        },
      }),
      beginCopy: assign({ leftOut: ({ context }) => context.signaled }),
      endCopy: assign({ leftOut: [] }),
      discard: assign({ copied: [] }),
      publish: assign((args) => {
        const { copied, isAwaited } = args.context;
        const isVisited = copied.some(({ isSignaled }) => !isSignaled);
        const list = { slots: copied, max: detailOf(args), copied: [], leftOut: [] };
        return { ...list, isVisited, isAwaited: isAwaited || isVisited };
      }),
      await: assign((args) => {
        const { isAwaited, isVisited, signaled } = args.context;
        const isPending = !signaled.includes(added(args).fence);
        return { isAwaited: isAwaited || isPending, isVisited: isVisited || isPending };
      }),
      seeFence: assign({
        slots: (args) => slotsSeen(args.context.slots, ({ fence }) => fence === fenceOf(args)),
        copied: (args) => slotsSeen(args.context.copied, ({ fence }) => fence === fenceOf(args)),
        signaled: (args) =>
          [...new Set([...args.context.signaled, fenceOf(args)])].toSorted((a, b) => a - b),
      }),
      seeSlot: assign({
        slots: (args) => slotsSeen(args.context.slots, (_slot, index) => index === detailOf(args)),
      }),
      trim: assign({ max: ({ context }) => context.slots.length }),
    },
    guards: {
      isLocked: stateIn({ lock: 'locked' }),
      isAlive: or([stateIn({ lock: 'locked' }), stateIn({ lock: 'unlocked' })]),
      ...guardsOf(scope),
      /** Nobody is in the middle of a replacement or a copy. */
      isSettled: not(
        or([
          stateIn({ list: 'replacing' }),
          stateIn({ list: 'unmatched' }),
          stateIn({ list: 'copying' }),
          stateIn({ list: 'collected' }),
          stateIn({ list: 'discarded' }),
        ]),
      ),
    },
  });
}
type ResvSetup = ReturnType<typeof setUp>;

/** The lock, and everything that is asked without it. */
function lock(resv: ResvSetup) {
  const asked = {
    test: { actions: returns('any', 'RESV-009') },
    'wait.done': { actions: returns('positive', 'RESV-053', 'RESV-054') },
    'wait.timedOut': { guard: 'isAwaited', actions: returns(0, 'RESV-053', 'RESV-055') },
    'wait.interrupted': {
      guard: 'isAwaited',
      actions: returns(-ERESTARTSYS, 'RESV-053', 'RESV-056'),
    },
    'walk.restart': { actions: embodies('RESV-039', 'RESV-041') },
    'walk.visit': { guard: 'isVisited', actions: embodies('RESV-038', 'RESV-042') },
    'walk.done': { actions: embodies('RESV-043') },
    'walk.end': { actions: embodies('RESV-038') },
    getFences: { actions: returns('any', 'RESV-049') },
    getSingleton: { actions: returns('any', 'RESV-051') },
  } as const;
  return resv.createStateConfig({
    initial: 'unborn',
    states: {
      unborn: { on: { init: { target: 'unlocked', actions: embodies('RESV-001') } } },
      unlocked: {
        on: {
          ...asked,
          lock: { target: 'locked', actions: returns(0, 'RESV-003') },
          fini: { target: 'finished', actions: embodies('RESV-002') },
        },
      },
      locked: {
        on: {
          ...asked,
          unlock: { guard: 'isSettled', target: 'unlocked', actions: embodies('RESV-008') },
        },
      },
      finished: {},
    },
  });
}

/** What the holder of the lock finds done. */
const SEEN = {
  slotSignaled: {
    guard: and(['isLocked', 'isSlot']),
    actions: ['seeSlot', embodies('RESV-018', 'RESV-024')],
  },
  fenceSignaled: {
    guard: and(['isAlive', 'isPending', not(stateIn({ list: 'unmatched' }))]),
    actions: ['seeFence', embodies('RESV-018', 'RESV-024')],
  },
} as const;

const RESERVE = {
  reserve: [
    {
      guard: and(['isLocked', 'hasCount', 'fits']),
      actions: returns(0, 'RESV-016', 'RESV-020'),
    },
    {
      guard: and(['isLocked', 'hasCount', not('fits')]),
      target: 'room',
      actions: ['grow', returns(0, 'RESV-017', 'RESV-018')],
    },
  ],
  'reserve.failed': {
    guard: and(['isLocked', 'hasCount', not('fits')]),
    actions: returns(-ENOMEM, 'RESV-019'),
  },
} as const;

/** What can be begun when nothing else is under way. */
const BEGINS = {
  ...RESERVE,
  'replace.begin': [
    {
      guard: and(['isLocked', 'hasContext']),
      target: 'replacing',
      actions: ['beginReplacing', embodies('RESV-033')],
    },
    { guard: 'isLocked', target: 'unmatched', actions: embodies('RESV-033') },
  ],
  'copy.begin': {
    guard: 'isLocked',
    target: 'copying',
    actions: ['beginCopy', embodies('RESV-046')],
  },
} as const;

/** The list of fences, as only the holder of the lock changes it. */
function list(resv: ResvSetup) {
  const replacing = {
    guard: and(['isLocked', 'isReplacing']),
    actions: ['add', 'await', embodies('RESV-011', 'RESV-022', 'RESV-023', 'RESV-024', 'RESV-028')],
  } as const;
  const append = [
    'add',
    'await',
    embodies('RESV-022', 'RESV-025', 'RESV-026', 'RESV-029'),
  ] as const;
  // Said by the lock: here the list only loses what was promised and not used.
  const unlock = { guard: and(['isLocked', 'isTrimmed']), actions: 'trim' } as const;
  return resv.createStateConfig({
    initial: 'none',
    on: SEEN,
    states: {
      /** No list, or one without any room: nothing can be added. */
      none: { on: BEGINS },
      room: {
        on: {
          ...BEGINS,
          add: [
            replacing,
            {
              guard: and(['isLocked', not('isReplacing'), 'hasSlot', not('isLastSlot')]),
              actions: append,
            },
            {
              guard: and(['isLocked', not('isReplacing'), 'hasSlot', 'isLastSlot']),
              target: 'full',
              actions: append,
            },
          ],
          unlock: [
            { ...unlock, guard: and(['isLocked', 'isTrimmed', 'isEmpty']), target: 'none' },
            { ...unlock, guard: and(['isLocked', 'isTrimmed', not('isEmpty')]), target: 'full' },
          ],
        },
      },
      full: { on: { ...BEGINS, add: replacing } },
      ...rewriting(resv),
    },
  });
}

/** Where the slots of a context are replaced, one after the other, or a copy is made. */
function rewriting(resv: ResvSetup) {
  const take = {
    guard: 'canCopy',
    target: 'collected',
    actions: ['take', embodies('RESV-046')],
  } as const;
  const failed = ['endCopy', returns(-ENOMEM, 'RESV-047')] as const;
  const publish = ['publish', returns(0, 'RESV-046', 'RESV-048')] as const;
  const replaced = ['endReplacing', embodies('RESV-033')] as const;
  return {
    replacing: resv.createStateConfig({
      on: {
        replace: {
          guard: and(['isReplaced', 'isReplacement']),
          actions: ['replace', 'await', embodies('RESV-033')],
        },
        'replace.end': [
          { guard: and([not('isReplaced'), 'isFull']), target: 'full', actions: replaced },
          { guard: not('isReplaced'), target: 'room', actions: replaced },
        ],
      },
    }),
    /** Nothing of the context is there: that is all one step. */
    unmatched: resv.createStateConfig({
      on: {
        'replace.end': [
          { guard: 'hasNoRoom', target: 'none', actions: embodies('RESV-033') },
          { guard: 'isFull', target: 'full', actions: embodies('RESV-033') },
          { target: 'room', actions: embodies('RESV-033') },
        ],
      },
    }),
    /** Nothing is collected yet. */
    copying: resv.createStateConfig({
      on: {
        'copy.take': take,
        copy: { guard: 'isExact', target: 'none', actions: publish },
        'copy.failed': [
          { guard: 'hasNoRoom', target: 'none', actions: failed },
          { guard: 'isFull', target: 'full', actions: failed },
          { target: 'room', actions: failed },
        ],
      },
    }),
    collected: resv.createStateConfig({
      on: {
        'copy.take': take,
        'copy.restart': { target: 'discarded', actions: ['discard', embodies('RESV-070')] },
        copy: [
          { guard: 'isExact', target: 'full', actions: publish },
          { guard: 'hasCopied', target: 'room', actions: publish },
        ],
      },
    }),
    /** The source has another list now: its fences are collected again. */
    discarded: resv.createStateConfig({
      on: {
        'copy.take': take,
        'copy.failed': [
          { guard: 'hasNoRoom', target: 'none', actions: failed },
          { guard: 'isFull', target: 'full', actions: failed },
          { target: 'room', actions: failed },
        ],
      },
    }),
  } as const;
}

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { slots, max }: ResvList = snapshot.context;
  const isLocked = snapshot.matches({ lock: 'locked' });
  return { state: isLocked ? 'locked' : 'unlocked', context: { count: slots.length, max } };
}

/** A reservation object: its lock, and the list of fences that says who uses the buffer. */
export function resvMachine(scope: ResvScope): Lifecycle {
  const resv = setUp(scope);
  const machine = resv.createMachine({
    id: 'resv',
    type: 'parallel',
    context: EMPTY,
    states: { lock: lock(resv), list: list(resv) },
  });
  const { slotsMax, fences, usages, counts, lockProving, replaced = [] } = scope;
  return {
    kind: 'resv',
    scope: {
      slotsMax,
      fences: fences.map(({ context, seqno }) => `${context}:${seqno}`).join(' '),
      usages: usages.join(' '),
      counts: counts.join(' '),
      lockProving: lockProving ? 'yes' : 'no',
      ...(replaced.length === 0 ? {} : { replaced: replaced.join(' ') }),
      ...(scope.isCopied === true ? { copied: 'yes' } : {}),
    },
    machine,
    alphabet: alphabet(scope),
    forbids: FORBIDS,
    view,
    take,
  };
}
