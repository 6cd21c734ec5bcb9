import { resultNamed } from '../check/results.ts';
import { program } from '../programs/parse.ts';
import type { Run } from '../run/run.ts';
import { maze } from './maze/maze.ts';
import { drawn, type Scenario, scenario, type WrittenPlay } from './scenario.ts';

const ENOENT = -2;
/** Steps of a drawn walk. */
const STEPS = 20;

/** One file gives its handle away and loses it, while another process imports what it was sent. */
const CROSSING = `v = drm.device(vgem); p = drm.open(v); q = drm.open(v); g = dumb.create(p)
  b = prime.export(p, g)`;

/** A drawn walk through three files; the reference model says what each call returns. */
export function mazePlay(seed: number): WrittenPlay {
  const { setup, calls, expectations } = maze(seed, STEPS);
  return {
    size: 'normal',
    name: `maze-${seed}`,
    program: (name) => program(name, { setup, tasks: { A: calls } }),
    schedules: [{ kind: 'all', runsMax: 20 }],
    expectations,
  };
}

/** A close beside an export, and beside an import by another file. */
function agrees(run: Run): string | null {
  const [e, h, known] = ['e', 'h', 'known'].map((name) => resultNamed(run, name));
  if (e !== 0 && e !== ENOENT) return `the export returns ${e}`;
  if (h !== 1) return `the import returns ${h}`;
  return known === 0 ? null : `the file without handles knows ${known} buffers`;
}

/** Handles and descriptors that go round. */
export const SCN_15: Scenario = scenario({
  name: 'scn-15',
  title: 'handle and descriptor identity maze',
  text: `Two files of one device and one of another make buffers, export, import and export again,
    close handles and descriptors, and pass descriptors on. A reference model of objects, handles and
    buffers says what each call returns, which descriptors are one open file, which handles one
    object, how often each buffer is named, and who is attached. Besides, a close meets an export of
    the same handle, and an import by another file.`,
  plays: [
    {
      program: (name) =>
        program(name, {
          setup: CROSSING,
          tasks: {
            A: 'gem.close(p, g)',
            B: 'e = prime.export(p, g); h = prime.import(q, b)',
          },
          teardown: 'known = prime.entries(p)',
        }),
      schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 400 }, drawn(4)],
      deeper: [{ kind: 'stateful', statesMax: 100_000 }],
      expectations: [{ rules: ['PRIME-012', 'PRIME-013'], holds: agrees }],
      witness: {
        refused: { when: (run) => resultNamed(run, 'e') === ENOENT, atLeast: 1 },
        exported: { when: (run) => resultNamed(run, 'e') === 0, atLeast: 1 },
      },
    },
    ...[7, 11, 33].map(mazePlay),
  ],
  variants: [
    {
      name: 'wraps',
      mistake: 'a foreign buffer is exported as a new one',
      fault: 'prime-003-wraps',
      like: 'maze-11',
      breaks: ['PRIME-003'],
    },
    {
      name: 'one-each',
      mistake: 'each file exports a shared object as a buffer of its own',
      fault: 'prime-004-one-each',
      like: 'maze-33',
      breaks: ['PRIME-004'],
    },
    {
      name: 'attaches-to-itself',
      mistake: 'a device attaches to what it has exported itself',
      fault: 'prime-007-attaches-to-itself',
      like: 'maze-11',
      breaks: ['PRIME-007'],
    },
    {
      name: 'always-new',
      mistake: 'every import makes a new handle',
      fault: 'prime-006-always-new',
      like: 'maze-7',
      breaks: ['PRIME-006'],
    },
    {
      name: 'keeps-importer',
      mistake: 'an importing object outlives its last handle',
      fault: 'prime-011-keeps-importer',
      like: 'maze-7',
      breaks: ['PRIME-009', 'E2E-013'],
    },
  ],
});
