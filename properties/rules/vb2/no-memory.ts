import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const ENOMEM = -12;
const EINVAL = -22;

/** Buffers whose planes have had memory, and have lost it. */
const IMPORTING = `v = vb2.device(sg, planes: 2); c = vb2.open(v); n = vb2.request(c, 1, dmabuf)
  heap.addAll(); b = heap.buffer(4096); e = heap.buffer(4096); vb2.queue(c, 0, [b, e])
  vb2.streamOff(c); vb2.queue(c, 0, [99, 99])`;
const EXPORTING = 'v = vb2.device(sg); c = vb2.open(v); n = vb2.request(c, 1)';
const EMPTY = 'v = vb2.device(sg); c = vb2.open(v, true)';
const FULL =
  'v = vb2.device(sg, planes: 2, allocatedMin: 2); c = vb2.open(v); n = vb2.request(c, 2)';

/** Calls that ask for memory, the errors that each gives without, and what it does otherwise. */
const CALLS: Readonly<
  Record<
    string,
    readonly [setup: string, call: string, without: readonly number[], result: unknown]
  >
> = {
  read: [EMPTY, 'sys.read(c)', [ENOMEM], -11],
  'request-some': [EMPTY, 'vb2.request(c, 2)', [ENOMEM], 2],
  'request-others': [EMPTY, 'vb2.request(c, 1, dmabuf)', [ENOMEM], 1],
  export: [EXPORTING, 'vb2.export(c)', [EINVAL], 0],
  queue: [IMPORTING, 'vb2.queue(c, 0, [b, e])', [ENOMEM, EINVAL], 0],
};

const wanted = (run: Run): (typeof CALLS)[string] => CALLS[run.program.name] ?? ['', '', [], 0];

/** What a driver was asked on the way is no harm. */
const isHarmless = (changes: unknown): boolean =>
  changes === 'nothing' || /^\S+\.seen [^;]*$/.test(String(changes));

/** Properties of requests that find no memory. */
export const NO_MEMORY_PROPERTIES: readonly Property[] = [
  property({
    rules: ['VB2-014', 'VB2-003', 'VB2-013', 'VB2-015'],
    plan: `A request that finds no memory, wherever it asks for it, says so and changes nothing; one for several
      buffers is content with some, as long as they are enough for the driver.
      - every request that asks for memory × every place where it does
      - a minimum that is not reached, after all buffers were there already`,
    programs: [
      program('minimum', {
        world: { failuresMax: 1 },
        setup: FULL,
        tasks: { A: 'r = vb2.request(c, 3); l = vb2.states(v)' },
      }),
      ...Object.entries(CALLS).map(([name, [setup, call]]) =>
        program(name, {
          world: { failuresMax: 1 },
          setup,
          tasks: { A: `s = inspect.world(); r = ${call}; t = inspect.changes(s)` },
        }),
      ),
    ],
    holds: (run) => {
      const { name } = run.program;
      const result = resultNamed(run, 'r');
      const isFailed = run.world.failuresLeft === 0;
      if (name === 'minimum') {
        const left = String(resultNamed(run, 'l')).split(' ').filter(Boolean).length;
        if (result === 3 || result === 2) return left === result ? null : `${left} buffers`;
        return result === ENOMEM && left === 0 && isFailed
          ? null
          : `${String(result)}, ${left} left`;
      }
      const [, , without, otherwise] = wanted(run);
      // Reads do with one buffer, too.
      if (name === 'read' && isFailed && result === otherwise) return null;
      if (result === otherwise) return isFailed ? `${name} goes on without memory` : null;
      if (name === 'request-some' && isFailed && result === 1) return null;
      if (!without.some((error) => error === result)) return `${name} says ${String(result)}`;
      const changes = resultNamed(run, 't');
      return isHarmless(changes) ? null : `${name} fails, and changes ${String(changes)}`;
    },
    schedules: [{ kind: 'all', runsMax: 200 }],
    forbids: ['leak', 'refcount', 'use-after-free', 'double-free', 'refinement'],
    witness: {
      refused: reached(
        (run) => wanted(run)[2].some((error) => error === resultNamed(run, 'r')),
        15,
      ),
      some: reached((run) => run.program.name === 'minimum' && resultNamed(run, 'r') === 2),
      none: reached((run) => run.program.name === 'minimum' && resultNamed(run, 'r') === ENOMEM),
    },
    faults: [
      'vb2-014-half-a-buffer',
      'vb2-014-below-minimum',
      'vb2-003-leaks-import',
      'vb2-013-takes-anyway',
      'vb2-014-file-stays',
    ],
  }),
];
