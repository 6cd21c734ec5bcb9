import { resultNamed } from '../check/results.ts';
import { program } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import type { Run } from '../run/run.ts';
import { drawn, type Expectation, type Scenario, scenario } from './scenario.ts';

const ENOMEM = -12;

/** X fills the device's memory, and has content; an importer follows its moves. */
const SHARED = `x = ttm.create(d, [vram]); h = ttm.submit(x, write, 7); ttm.finish(d, h)
  bx = ttm.export(x); i = attach.dynamic(bx, nic); c = ttm.create(d, [system])`;

/** The hardware does all that is left, in the only order that fences allow. */
const SETTLED = `ttm.finish(d, j); ttm.finishCopy(d); ttm.finish(d, r); ttm.finish(d, k)
  s = ttm.result(j); u = ttm.result(r); lx = ttm.load(x); lc = ttm.load(c); m = attach.moves(i); attach.detach(bx, i)`;

/** C wants the memory while the device reads X. */
function evicted(name: string): Program {
  return program(name, {
    world: { moveNotify: true },
    setup: `d = ttm.device(1, 4); ${SHARED}; j = ttm.submit(x, explicit)`,
    tasks: {
      A: 'j1 = ttm.finish(d, j)',
      C: `v = ttm.validate(c, [vram]); k = ttm.submit(c, explicit, 9); k1 = ttm.finish(d, k)
        r = ttm.submit(x, explicit); r1 = ttm.finish(d, r)`,
      H: 'ttm.finishCopy(d)',
    },
    teardown: SETTLED,
  });
}

/** Then X comes back for a new write, and C has to go. */
function andBack(name: string): Program {
  return program(name, {
    world: { moveNotify: true },
    setup: `d = ttm.device(1, 4, automatic: true); ${SHARED}`,
    tasks: {
      A: `j = ttm.submit(x, explicit); s = ttm.result(j); w = ttm.validate(x, [vram])
        n = ttm.submit(x, write, 7)`,
      C: `v = ttm.validate(c, [vram]); k = ttm.submit(c, explicit, 9); y = ttm.create(d, [vram])
        ttm.put(c)`,
      R: 'q = ttm.submit(x, read); u = ttm.result(q)',
    },
    teardown: 'task.sleep(5); lx = ttm.load(x); attach.detach(bx, i)',
  });
}

/** An importer that cannot follow pins X where it can reach it, and X stays there. */
function pinned(name: string): Program {
  return program(name, {
    setup: `d = ttm.device(1, 1, automatic: true); x = ttm.create(d, [vram])
      ttm.submit(x, write, 7); bx = ttm.export(x); c = ttm.create(d, [system])`,
    tasks: {
      A: 'i = attach.static(bx, gpu); p = ttm.where(x); v = ttm.validate(c, [tt]); w = ttm.where(x)',
    },
    teardown: 'task.sleep(5); lx = ttm.load(x)',
  });
}

function has(name: string, content: number): (run: Run) => string | null {
  return (run) => {
    const found = resultNamed(run, name);
    return found === content ? null : `${name} is ${String(found)}, not ${content}`;
  };
}

/** It is evicted, and the importer is told. */
function isToldOfMove(run: Run): string | null {
  const [v, m] = [resultNamed(run, 'v'), resultNamed(run, 'm')];
  return v === 0 && m === 'move!'
    ? null
    : `making room returns ${String(v)}, and the importer heard '${String(m)}'`;
}

function stays(run: Run): string | null {
  const [p, v, w] = ['p', 'v', 'w'].map((name) => resultNamed(run, name));
  const isRight = p === 'tt 0' && v === ENOMEM && w === 'tt 0';
  return isRight ? null : `pinned in ${String(p)}; asked for that: ${String(v)}, ${String(w)}`;
}

/** What readers see does not depend on where it lies. */
const READ: Expectation = { rules: ['E2E-016', 'EVICT-012'], holds: has('s', 7) };
const READ_BEHIND: Expectation = { rules: ['E2E-016', 'EVICT-004'], holds: has('u', 7) };
const KEPT: Expectation = { rules: ['E2E-016', 'EVICT-003'], holds: has('lx', 7) };
/** Its first write comes behind the copy out, and X's behind that into another place. */
const OWN: Expectation = { rules: ['E2E-007', 'EVICT-005'], holds: has('lc', 9) };

/** Device memory is short while a buffer is in use by two devices. */
export const SCN_04: Scenario = scenario({
  name: 'scn-04',
  title: 'eviction from device memory during shared use',
  text: `A job writes a buffer in device memory; it is exported, and a second device follows its moves. A
    third client allocates until the buffer is evicted, and writes to the memory at once: behind the
    copy out. The importer is told, readers see what was written wherever it lies, and the buffer
    comes back for a new write. An importer that cannot follow pins it, and then it is never evicted.`,
  awaits: ['E2E-006'],
  plays: [
    {
      program: evicted,
      schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 40 }],
      deeper: [{ kind: 'bounded', preemptions: 1, runsMax: 1000 }, drawn(100)],
      expectations: [READ, READ_BEHIND, KEPT, OWN, { rules: ['DYN-006'], holds: isToldOfMove }],
      allows: ['races'],
      witness: { evicted: { when: (run) => resultNamed(run, 'v') === 0, atLeast: 3 } },
    },
    {
      name: 'pinned',
      program: pinned,
      schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 20 }],
      deeper: [drawn(20)],
      expectations: [{ rules: ['EVICT-007'], holds: stays }, KEPT],
      allows: ['races'],
    },
    {
      size: 'normal',
      program: andBack,
      schedules: [drawn(3)],
      deeper: [drawn(120)],
      expectations: [READ, READ_BEHIND, KEPT],
      allows: ['races'],
    },
  ],
  variants: [
    {
      name: 'no-fence',
      mistake: 'a move adds no fence to the reservation',
      fault: 'evict-003-no-fence',
      breaks: ['E2E-016'],
    },
    {
      name: 'not-passed-on',
      mistake: 'the next owner of the memory does not wait for the copy out',
      fault: 'evict-005-not-passed-on',
      breaks: ['E2E-016'],
      awaits: ['E2E-006'],
    },
    {
      name: 'no-notice',
      mistake: 'the importer is not told',
      fault: 'evict-003-no-notice',
      breaks: ['DYN-006'],
    },
    {
      name: 'do-not-pin',
      mistake: 'importers that cannot follow do not pin',
      fault: 'evict-007-importers-do-not-pin',
      like: 'pinned',
      breaks: ['EVICT-007'],
    },
  ],
});
