import { setup } from 'xstate';
import { questions, systemMachine } from '../machine.ts';
import type { SystemMachine } from '../machine.ts';

const plain = (...types: readonly string[]): readonly { type: string }[] =>
  types.map((type) => ({ type }));

/** A program with one buffer: it has it filled once, and takes it back. */
export function fillerMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'filler',
    initial: 'new',
    states: {
      new: { on: { create: 'created' } },
      created: { on: { prepare: 'preparing' } },
      preparing: { on: { prepared: 'prepared' } },
      prepared: { on: { queue: 'queued' } },
      queued: { on: { give: 'waiting' } },
      waiting: { on: { take: 'finished' } },
      finished: {},
    },
  });
  return systemMachine(machine, plain('create', 'prepare', 'prepared', 'queue', 'give', 'take'));
}

/** The interrupt handler of a driver that asks the device what has happened. */
export function askerMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'asker',
    initial: 'away',
    states: {
      away: { on: { take: 'asking' } },
      asking: { on: { note: 'ending', nothing: 'away' } },
      ending: { on: { complete: { actions: 'ask' }, leave: 'away' } },
    },
  });
  return systemMachine(machine, plain('take', 'note', 'nothing', 'complete', 'leave'));
}
