import { resultNamed } from '../check/results.ts';
import { program } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import type { Run } from '../run/run.ts';
import { drawn, type Expectation, type Scenario, scenario } from './scenario.ts';

/** Screens of one machine, the second one half as fast, with three pages that a renderer draws into. */
const MACHINE = `g = gfx.create(timeout: -1, fallback: -1, isDoorbellSure: true); d = disp.create(3, at: g)
  e = disp.create(3, at: g, lineNs: 1666600); a = gfx.buffer(g); b = gfx.buffer(g); c = gfx.buffer(g)
  da = disp.share(d, a); db = disp.share(d, b); dc = disp.share(d, c); ea = disp.share(e, a)
  eb = disp.share(e, b); ec = disp.share(e, c); gfx.store(a, 0, 1)`;

/** The renderer draws a picture of so many lines; whoever commits it waits for that. */
function render(page: string, picture: number): string {
  return `gfx.context(g, 0); gfx.write(g, ${page}, 3, ${picture}); r${picture} = gfx.submit(g)
    fence.wait(r${picture})`;
}

/** Both screens show a page; their out-fences are `d3` and `e3` for the third commit. */
function commit(page: string, number: number): string {
  return `d${number} = disp.flip(d, d${page}); e${number} = disp.flip(e, e${page})`;
}

const LIGHT = 'disp.set(d, ENABLE, 1); disp.set(e, ENABLE, 1)';
const DARKEN = `disp.sleep(e, 4); disp.set(d, ENABLE, 0); disp.set(e, ENABLE, 0); disp.sleep(e, 5)
  x = disp.shown(d); y = disp.shown(e); z = disp.records(d)`;

/** The first page is drawn again once `waits` are over. */
function reuse(waits: string): (name: string) => Program {
  return (name) =>
    program(name, {
      setup: MACHINE,
      tasks: {
        A: `${render('a', 1)}; disp.plane(d, da); disp.plane(e, ea); ${LIGHT}; ${render('b', 2)}
          ${commit('b', 2)}; ${waits}; ${render('a', 3)}; fence.wait(d2); fence.wait(e2)
          ${commit('a', 3)}; fence.wait(d3); fence.wait(e3); ${DARKEN}`,
      },
    });
}

/** Three pages in turn; the fast screen gets each picture, the slow one every other one. */
function threePages(name: string): Program {
  return program(name, {
    setup: MACHINE,
    tasks: {
      A: `${render('a', 1)}; disp.plane(d, da); disp.plane(e, ea); ${LIGHT}; ${render('b', 2)}
        ${commit('b', 2)}; ${render('c', 3)}; fence.wait(d2); d3 = disp.flip(d, dc)
        q = fence.getStatus(e2); fence.wait(d3); fence.wait(e2); e3 = disp.flip(e, ec)
        ${render('a', 4)}; d4 = disp.flip(d, da); fence.wait(d4); fence.wait(e3)
        ${render('b', 5)}; d5 = disp.flip(d, db); e5 = disp.flip(e, eb); fence.wait(d5)
        fence.wait(e5); ${DARKEN}`,
    },
  });
}

/** Every frame is one picture, and pictures come in the order of their numbers. */
function isWhole(name: string): (run: Run) => string | null {
  return (run) => {
    const shown = String(resultNamed(run, name));
    const frames = shown.split(' ').map((frame) => frame.split('.'));
    const isMixed = frames.some((lines) => new Set(lines).size !== 1 || lines.includes('x'));
    if (isMixed) return `a frame of two pictures: ${shown}`;
    const numbers = frames.map(([first]) => Number(first));
    const goesBack = numbers.some((number, at) => number < (numbers[at - 1] ?? 0));
    return goesBack || numbers.some(Number.isNaN) ? `pictures out of order: ${shown}` : null;
  };
}

function noted(run: Run): string | null {
  const records = resultNamed(run, 'z');
  return records === '' ? null : `the oracle notes ${String(records)}`;
}

/** The fast screen is asked for the third picture while the slow one has not shown the second. */
function isNotHeldUp(run: Run): string | null {
  return resultNamed(run, 'q') === 0 ? null : 'the fast screen waits for the slow one';
}

const WHOLE: readonly Expectation[] = [
  { rules: ['E2E-001', 'E2E-002'], holds: isWhole('x') },
  { rules: ['E2E-001', 'E2E-002'], holds: isWhole('y') },
  { rules: ['E2E-005', 'E2E-006'], holds: noted },
];

/** One buffer on two screens that are not equally fast. */
export const SCN_11: Scenario = scenario({
  name: 'scn-11',
  title: 'two screens, one buffer',
  text: `A renderer draws into pages that two screens show, one of them half as fast as the other. A page
    is drawn again when the out-fences of the commits that replaced it on both screens have signaled.
    Each frame on each screen is one picture; the slow screen does not hold up the fast one. Who
    waits for one screen only, or for the commits of the page itself, draws into what is scanned.`,
  plays: [
    {
      program: reuse('fence.wait(d2); fence.wait(e2)'),
      schedules: [drawn(2)],
      deeper: [drawn(40)],
      expectations: WHOLE,
    },
    {
      size: 'normal',
      program: threePages,
      schedules: [drawn(1)],
      deeper: [drawn(40)],
      expectations: [...WHOLE, { rules: ['KMS-007'], holds: isNotHeldUp, isTimed: true }],
    },
  ],
  variants: [
    {
      name: 'one-screen-only',
      mistake: 'the page is drawn again when one screen has replaced it',
      breaks: ['E2E-005', 'HW-DISP-008'],
      with: { program: reuse('fence.wait(d2)') },
    },
    {
      name: 'own-commits',
      mistake: 'the page is drawn again when its own commits are on screen',
      breaks: ['E2E-005', 'HW-DISP-008'],
      with: { program: reuse('task.sleep(0)') },
    },
    {
      name: 'believes',
      mistake: 'the driver takes any interrupt for a frame',
      fault: 'hw-disp-010-believes',
      breaks: ['E2E-005'],
      with: {
        program: (name) =>
          reuse('disp.spurious(d); disp.spurious(e); fence.wait(d2); fence.wait(e2)')(name),
      },
    },
  ],
});
