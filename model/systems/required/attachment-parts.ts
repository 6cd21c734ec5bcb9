import { assign, setup } from 'xstate';
import { attachmentMachine } from '../../machines/attachment.ts';
import { ASK, questions, systemMachine } from '../machine.ts';
import type { SystemMachine } from '../machine.ts';
import { objectOf, only } from './parts.ts';

/** Events without payload. */
function named(
  machine: Parameters<typeof systemMachine>[0],
  names: readonly string[],
): SystemMachine {
  return systemMachine(
    machine,
    names.map((type) => ({ type })),
  );
}

/** A device that is attached, works on the buffer once, and is detached again. */
export function importerMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'importer',
    initial: 'idle',
    states: {
      idle: { on: { enter: 'attaching', isAway: ASK } },
      attaching: { on: { attach: 'attached' } },
      attached: { on: { leave: 'ready' } },
      ready: { on: { enter: 'mapping' } },
      mapping: { on: { map: 'mapped' } },
      mapped: { on: { submit: 'submitted' } },
      submitted: { on: { leave: 'working' } },
      // The table is in use until the job is done.
      working: { on: { finish: 'unmapping' } },
      unmapping: { on: { unmap: 'unmapped' } },
      unmapped: { on: { detach: 'detached' } },
      detached: { on: { leave: 'finished' } },
      finished: { on: { isAway: ASK } },
    },
  });
  const steps = ['attach', 'map', 'submit', 'finish', 'unmap', 'detach'];
  return named(machine, ['enter', 'leave', 'isAway', ...steps]);
}

/** An exporter that moves the storage once, and gives the old place away. */
export function moverMachine(): SystemMachine {
  const machine = setup({}).createMachine({
    id: 'mover',
    initial: 'idle',
    states: {
      idle: { on: { enter: 'inside' } },
      inside: { on: { notify: 'told' } },
      told: { on: { relocate: 'moved' } },
      moved: { on: { leave: 'waiting' } },
      waiting: { on: { reuse: 'finished' } },
      finished: {},
    },
  });
  return named(machine, ['enter', 'leave', 'notify', 'relocate', 'reuse']);
}

interface Early {
  /** It was there when the storage moved. */
  readonly isEarly: boolean;
}

/** What the hardware of an importer does: one access, with a fence behind it. */
export function deviceJobMachine(): SystemMachine<Early> {
  const job = setup({
    types: { context: {} as Early },
    actions: { ...questions, note: assign({ isEarly: true }) },
    guards: { isLate: ({ context }) => !context.isEarly },
  });
  const early = { actions: 'note' } as const;
  const late = { ...ASK, guard: 'isLate' } as const;
  const machine = job.createMachine({
    id: 'deviceJob',
    initial: 'none',
    context: { isEarly: false },
    states: {
      none: { on: { submit: 'queued', relocate: ASK, mayReuse: ASK } },
      queued: { on: { access: 'accessed', relocate: early, mayReuse: late } },
      accessed: { on: { signal: 'signaled', relocate: early, mayReuse: late } },
      signaled: { on: { stamp: 'done', relocate: ASK, mayReuse: ASK } },
      done: { on: { isDone: ASK, relocate: ASK, mayReuse: ASK } },
    },
  });
  const names = ['submit', 'access', 'signal', 'stamp', 'isDone', 'relocate', 'mayReuse'];
  return systemMachine<Early>(
    machine,
    names.map((type) => ({ type })),
  );
}

/** Where the content is. */
export function placeMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'place',
    initial: 'old',
    states: { old: { on: { isOld: ASK, relocate: 'new' } }, new: { on: { isNew: ASK } } },
  });
  return named(machine, ['isOld', 'isNew', 'relocate']);
}

/** Where a mapping leads, and whether its importer has heard of the move. */
export function viewMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'view',
    initial: 'none',
    states: {
      none: { on: { mapOld: 'old', mapNew: 'new', notify: ASK } },
      old: { on: { notify: 'told', unmap: 'none' } },
      told: { on: { unmap: 'none' } },
      new: { on: { unmap: 'none' } },
    },
  });
  return named(machine, ['mapOld', 'mapNew', 'notify', 'unmap']);
}

/** An attachment of an importer that follows moves, to an exporter that makes them. */
export function dynamicAttachment(): SystemMachine {
  const bounds = { mappingsMax: 1, pinsMax: 1, directions: [0] };
  return only(objectOf<unknown>(attachmentMachine(bounds)), [
    'attach.dynamic',
    'map',
    'access',
    'unmap',
    'notify',
    'relocate',
    'detach',
    'free',
  ]);
}
