import { and, assign, not, or, setup, stateIn } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { EVENTS } from '../events.ts';
import type { AbstractState } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

/** The bounds of a buffer. */
export interface DmaBufScope {
  /** The file, and those who show its name at the same time. */
  readonly shownMax: number;
  /** Users of the kernel's mapping. */
  readonly usersMax: number;
}

interface DmaBufContext {
  /** References on the name of the file. */
  readonly shown: number;
  readonly users: number;
}

function setUp({ shownMax, usersMax }: DmaBufScope) {
  return setup({
    types: { context: {} as DmaBufContext, events: {} as EventFor<'dmaBuf'> },
    actions: {
      ...answers,
      show: assign({ shown: ({ context }) => context.shown + 1 }),
      hide: assign({ shown: ({ context }) => context.shown - 1 }),
      addUser: assign({ users: ({ context }) => context.users + 1 }),
      dropUser: assign({ users: ({ context }) => context.users - 1 }),
    },
    guards: {
      isListed: stateIn({ life: 'listed' }),
      isUnmapped: stateIn({ mapping: 'unmapped' }),
      /** While the exporter makes or undoes a mapping, somebody holds the lock. */
      isUnlocked: or([stateIn({ mapping: 'unmapped' }), stateIn({ mapping: 'mapped' })]),
      isShown: ({ context }) => context.shown > 1,
      mayShow: ({ context }) => context.shown < shownMax,
      isShared: ({ context }) => context.users > 1,
      mayShare: ({ context }) => context.users < usersMax,
    },
  });
}

type BufferSetup = ReturnType<typeof setUp>;

/** It can be found until its file is released, and goes with the last one who shows its name. */
function life(buffer: BufferSetup) {
  return buffer.createStateConfig({
    initial: 'unborn',
    states: {
      unborn: { on: { export: { target: 'listed', actions: embodies('BUF-005') } } },
      listed: {
        on: {
          dget: { guard: 'mayShow', actions: ['show', embodies('BUF-022')] },
          dput: { guard: 'isShown', actions: ['hide', embodies('BUF-022')] },
          unlist: {
            guard: 'isUnmapped',
            target: 'unlisted',
            actions: embodies('BUF-014', 'BUF-015'),
          },
        },
      },
      unlisted: {
        on: {
          dput: { guard: 'isShown', actions: ['hide', embodies('BUF-022')] },
          'dput.last': {
            guard: not('isShown'),
            target: 'dying',
            actions: ['hide', embodies('BUF-014')],
          },
        },
      },
      dying: { on: { 'ops.release': { target: 'released', actions: embodies('BUF-014') } } },
      released: { on: { free: { target: 'freed', actions: embodies('BUF-014') } } },
      freed: {},
    },
  });
}

/** The kernel's own mapping: made for its first user, and gone with the last. */
function mapping(buffer: BufferSetup) {
  return buffer.createStateConfig({
    initial: 'unmapped',
    states: {
      unmapped: {
        on: {
          'ops.vmap': { guard: 'isListed', target: 'asking', actions: embodies('BUF-029') },
        },
      },
      asking: {
        on: {
          vmap: { target: 'mapped', actions: ['addUser', embodies('BUF-029')] },
          'vmap.refused': { target: 'unmapped', actions: embodies('BUF-030') },
        },
      },
      mapped: {
        on: {
          'vmap.shared': { guard: 'mayShare', actions: ['addUser', embodies('BUF-029')] },
          vunmap: { guard: 'isShared', actions: ['dropUser', embodies('BUF-031')] },
          'ops.vunmap': {
            guard: not('isShared'),
            target: 'unmapping',
            actions: ['dropUser', embodies('BUF-031')],
          },
          // The exporter need not hear of it.
          'vunmap.last': {
            guard: not('isShared'),
            target: 'unmapped',
            actions: ['dropUser', embodies('BUF-031')],
          },
        },
      },
      unmapping: {
        on: { 'vunmap.last': { target: 'unmapped', actions: embodies('BUF-031') } },
      },
    },
  });
}

/** What the exporter is asked while somebody has a reference, at any time. */
const ASKED = [
  'ops.attach',
  'ops.attach.refused',
  'ops.detach',
  'ops.begin',
  'ops.end',
  'ops.mmap',
] as const;

/** What it or an importer is asked under the reservation lock. */
const ASKED_LOCKED = [
  'ops.pin',
  'ops.pin.refused',
  'ops.unpin',
  'ops.map',
  'ops.map.refused',
  'ops.unmap',
  'ops.moveNotify',
] as const;

const FORBIDS: Lifecycle['forbids'] = {
  export: ['BUF-005'],
  dget: ['BUF-014'],
  dput: ['BUF-014'],
  'dput.last': ['BUF-014', 'BUF-015'],
  unlist: ['BUF-014', 'BUF-015'],
  free: ['BUF-014'],
  vmap: ['BUF-029'],
  'vmap.shared': ['BUF-029'],
  'vmap.refused': ['BUF-030'],
  vunmap: ['BUF-031'],
  'vunmap.last': ['BUF-031'],
  'ops.release': ['BUF-014'],
  'ops.vmap': ['BUF-029'],
  'ops.vunmap': ['BUF-031'],
  ...Object.fromEntries(ASKED.map((name) => [name, ['BUF-017']])),
  ...Object.fromEntries(ASKED_LOCKED.map((name) => [name, ['BUF-017', 'LOCKING-004']])),
};

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { shown, users }: DmaBufContext = snapshot.context;
  const isUnlisted = snapshot.matches({ life: 'unlisted' }) || snapshot.matches({ life: 'dying' });
  const isListed = snapshot.matches({ life: 'listed' });
  const isMapped =
    snapshot.matches({ mapping: 'mapped' }) || snapshot.matches({ mapping: 'unmapping' });
  return {
    state: isListed ? 'listed' : isUnlisted ? 'unlisted' : 'gone',
    context: { shown, users, isMapped },
  };
}

/** A buffer, from its export to the end of its memory. */
export function dmaBufMachine(scope: DmaBufScope): Lifecycle {
  const buffer = setUp(scope);
  const machine = buffer.createMachine({
    id: 'dmaBuf',
    type: 'parallel',
    context: { shown: 1, users: 0 },
    states: {
      life: life(buffer),
      mapping: mapping(buffer),
      users: {
        initial: 'any',
        states: {
          any: {
            on: {
              ...Object.fromEntries(
                ASKED.map((name) => [name, { guard: 'isListed', actions: embodies('BUF-017') }]),
              ),
              ...Object.fromEntries(
                ASKED_LOCKED.map((name) => [
                  name,
                  {
                    guard: and(['isListed', 'isUnlocked']),
                    actions: embodies('BUF-017', 'LOCKING-004'),
                  },
                ]),
              ),
            },
          },
        },
      },
    },
  });
  return {
    kind: 'dmaBuf',
    scope: { shownMax: scope.shownMax, usersMax: scope.usersMax },
    machine,
    alphabet: EVENTS.dmaBuf.map((type): ModelEvent => ({ type })),
    forbids: FORBIDS,
    view,
    take: ({ name }) => ({ type: name }),
  };
}
