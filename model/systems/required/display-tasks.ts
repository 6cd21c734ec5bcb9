import { setup } from 'xstate';
import { questions, systemMachine } from '../machine.ts';
import type { SystemMachine } from '../machine.ts';

/** Steps that follow each other: what a task does that has nothing to decide. */
function sequence(id: string, steps: readonly string[]): SystemMachine {
  const states = Object.fromEntries([
    ...steps.map((step, index) => {
      const target = steps[index + 1] ?? 'finished';
      return [step, { on: { [step]: target } }];
    }),
    ['finished', {}],
  ]);
  const machine = setup({ actions: questions }).createMachine({
    id,
    initial: steps[0] ?? 'finished',
    states,
  });
  return systemMachine(
    machine,
    steps.map((type) => ({ type })),
  );
}

/** A commit, from its check to its clean-up; the name of a state is that of the step to come. */
export function committerMachine(): SystemMachine {
  return sequence('committer', [
    'make',
    'swap',
    'waitForFence',
    'waitForProgramming',
    'waitForFlip',
    'lock',
    'get',
    'arm',
    'unlock',
    'program',
    'waitForOwnFlip',
    'clean',
  ]);
}

/** Who turns the vertical blanks on. */
export function driverMachine(): SystemMachine {
  return sequence('driver', ['init', 'on']);
}

/** Somebody whose fence a commit waits for. */
export function rendererMachine(): SystemMachine {
  return sequence('renderer', ['signal']);
}

/** The interrupt of a vertical blank, and what it sends; again and again. */
export function interruptMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'interrupt',
    initial: 'idle',
    states: {
      idle: { on: { tick: 'ticked' } },
      ticked: { on: { send: 'sent', isDone: 'done' } },
      sent: { on: { put: 'puts' } },
      puts: { on: { flip: 'flipped' } },
      flipped: { on: { signal: 'ticked' } },
      done: { on: { rest: 'leaving', goOn: 'leaving' } },
      leaving: { on: { unlock: 'idle' } },
    },
  });
  return systemMachine(
    machine,
    ['tick', 'send', 'isDone', 'put', 'flip', 'signal', 'rest', 'goOn', 'unlock'].map((type) => ({
      type,
    })),
  );
}

/** Who asks for a capture, and may give it up before it is queued. */
export function askerMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'asker',
    initial: 'make',
    states: {
      make: { on: { make: 'promise' } },
      promise: { on: { promise: 'prepare', giveUp: 'finished' } },
      prepare: { on: { prepare: 'queue', giveUp: 'finished' } },
      queue: { on: { queue: 'finished', giveUp: 'finished' } },
      finished: {},
    },
  });
  return systemMachine(
    machine,
    ['make', 'promise', 'prepare', 'queue', 'giveUp'].map((type) => ({ type })),
  );
}

/** The worker that captures, one job after the other. */
export function capturerMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'capturer',
    initial: 'idle',
    states: {
      idle: { on: { complete: 'completed' } },
      completed: { on: { signal: 'signaled' } },
      signaled: { on: { cleanUp: 'idle' } },
    },
  });
  return systemMachine(
    machine,
    ['complete', 'signal', 'cleanUp'].map((type) => ({ type })),
  );
}
