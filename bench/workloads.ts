import { program } from '../properties/programs/parse.ts';
import type { Program } from '../properties/programs/program.ts';
import '../properties/programs/operations/index.ts';

/** Calls of each task in the long program. */
const ROUNDS = 30;

/** Four tasks with more than a hundred calls each, on two fences that end signaled. */
export function longProgram(): Program {
  const round = (task: string): string => `
    fence.isSignaled(f)
    fence.addCallback(g, cb${task})
    fence.removeCallback(g, cb${task})
    fence.getStatus(f)
  `;
  const calls = (task: string): string =>
    Array.from({ length: ROUNDS }, () => round(task)).join('\n');
  return program('long', {
    setup: `
      f = fence.create()
      g = fence.create(enable: armed)
      cbA = callback.create(); cbB = callback.create(); cbC = callback.create(); cbD = callback.create()
    `,
    tasks: {
      A: calls('A'),
      B: calls('B'),
      C: calls('C'),
      D: `${calls('D')}\n fence.signal(f); fence.signal(g)`,
    },
  });
}

/** A race of about 25 steps: what a random search runs over and over. */
export function shortProgram(): Program {
  return program('short', {
    setup: 'f = fence.create(); cb = callback.create()',
    tasks: {
      A: 'fence.addCallback(f, cb); fence.isSignaled(f); fence.removeCallback(f, cb)',
      B: 'fence.getStatus(f); fence.signal(f); fence.getStatus(f)',
      C: 'fence.getStatus(f); fence.isSignaled(f); fence.getStatus(f); fence.isSignaled(f)',
    },
  });
}

/**
 * A fence with its whole life but its end: `adders` callbacks, a waiter and a signaler, each with a
 * reference of its own around its call.
 */
export function fenceProgram(adders: number): Program {
  const numbers = Array.from({ length: adders }, (_, index) => index + 1);
  const held = (call: string): string => `fence.get(f); ${call}; fence.put(f)`;
  return program('fence', {
    setup: ['f = fence.create()', ...numbers.map((n) => `cb${n} = callback.create()`)].join('; '),
    tasks: {
      signaler: held('fence.signal(f)'),
      ...Object.fromEntries(
        numbers.map((n) => [`adder${n}`, held(`fence.addCallback(f, cb${n})`)]),
      ),
      waiter: held('fence.wait(f)'),
    },
  });
}
