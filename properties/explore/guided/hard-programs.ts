import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';

/** An array of three fences with a waiter, three signalers, and somebody who leaves. */
export function arrayProgram(): Program {
  return program('array of three', {
    setup: `
      f = fence.create(); g = fence.create(); h = fence.create()
      fence.get(f); fence.get(g); fence.get(h)
      a = array.create([f, g, h], any: false)
      cb = callback.create()
    `,
    tasks: {
      A: 'fence.addCallback(a, cb); fence.wait(a)',
      B: 'fence.signal(f)',
      C: 'fence.signal(g)',
      D: 'fence.signal(h)',
      E: 'fence.isSignaled(a); fence.removeCallback(a, cb)',
    },
  });
}

/** What is rare here needs A to make all its calls before B makes one. */
export function cornerProgram(): Program {
  const calls = Array.from({ length: 10 }, () => 'fence.get(f); fence.put(f)');
  return program('corner', {
    setup: 'f = fence.create(); cb = callback.create(); fence.get(f)',
    tasks: { A: [...calls, 'fence.addCallback(f, cb)'].join('; '), B: 'fence.signal(f)' },
  });
}
