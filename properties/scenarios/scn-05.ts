import { resultNamed } from '../check/results.ts';
import { program } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import type { Run } from '../run/run.ts';
import { drawn, type Expectation, type Forbidden, type Scenario, scenario } from './scenario.ts';

const EBUSY = -16;

/** When nobody is at it any more, the buffer has what the importer wrote. */
const SETTLED = 'resv.wait(r, BOOKKEEP); c = dyn.content(b); p = dyn.place(b)';

/** An importer comes, works and goes, while the buffer moves. */
function following(name: string): Program {
  return program(name, {
    world: { moveNotify: true },
    setup: 'b = dyn.export(peers: [nic]); r = buf.resv(b)',
    tasks: {
      A: 'i = dyn.open(b, nic, true); w = dyn.write(i, 7); dyn.close(i)',
      B: 'e = dyn.move(b, system)',
    },
    teardown: SETTLED,
  });
}

/** Nobody is told: a mapping pins, from its first use until it is closed. */
function pinning(name: string): Program {
  return program(name, {
    setup: `b = dyn.export(peers: [nic]); r = buf.resv(b); i = dyn.open(b, nic, true)
      dyn.write(i, 7)`,
    tasks: { A: 'w = dyn.read(i); dyn.close(i)', B: 'e = dyn.move(b, vram)' },
    teardown: SETTLED,
  });
}

/** An importer that is there reads beside a move, and has a job on the way already. */
function working(name: string): Program {
  return program(name, {
    world: { moveNotify: true },
    setup: `b = dyn.export(peers: [nic]); r = buf.resv(b); i = dyn.open(b, nic, true)
      dyn.write(i, 7)`,
    tasks: { A: 'w = dyn.read(i, true)', B: 'e = dyn.move(b, system)' },
    teardown: SETTLED,
  });
}

/** Two importers work in turn, a transaction moves the buffer there, and another one back. */
function thereAndBack(name: string): Program {
  return program(name, {
    world: { moveNotify: true },
    setup: `b = dyn.export(peers: [nic, cam]); r = buf.resv(b); i = dyn.open(b, nic, true)
      j = dyn.open(b, cam)`,
    tasks: {
      A: 'w = dyn.write(i, 7); v = dyn.read(i, true); dyn.close(i)',
      B: 'u = dyn.read(j); dyn.close(j)',
      M: 'e = dyn.moveWithTicket(b, system); f = dyn.move(b, vram)',
    },
    teardown: SETTLED,
  });
}

/** An attachment hears of a move after its detach. */
function isToldTooLate(run: Run): string | null {
  const gone = new Set<unknown>();
  for (const { name, object } of run.sightings) {
    if (name === 'detach') gone.add(object);
    if (name === 'notify' && gone.has(object)) return `${object.label} is told when it is detached`;
  }
  return null;
}

function succeeded(...names: readonly string[]): (run: Run) => string | null {
  return (run) => {
    const failed = names.find((name) => resultNamed(run, name) !== 0);
    return failed === undefined ? null : `${failed} is ${String(resultNamed(run, failed))}`;
  };
}

/** It moves, or is pinned by the mapping at that moment, and stays. */
function movesOrStays(run: Run): string | null {
  const [w, e, p] = ['w', 'e', 'p'].map((name) => resultNamed(run, name));
  if (w !== 0) return `the job is refused with ${String(w)}`;
  const isRight = e === 0 || (e === EBUSY && p === 'system');
  return isRight ? null : `the move returns ${String(e)}, and the buffer is in ${String(p)}`;
}

const CONTENT: Expectation = {
  rules: ['E2E-016'],
  holds: (run) => {
    const content = resultNamed(run, 'c');
    return content === 7 ? null : `the buffer has ${String(content)}, and 7 was written`;
  },
};

const TOLD: Expectation = { rules: ['DYN-012'], holds: isToldTooLate };

/** Old pages under a job: what is freed is given to somebody else. */
const FORBIDDEN: Forbidden = { 'use-after-free': ['DYN-007', 'E2E-007'] };

function isTold(run: Run): boolean {
  return run.sightings.some(({ name }) => name === 'notify');
}

/** An importer with page tables of its own, and a move at each of its steps. */
export const SCN_05: Scenario = scenario({
  name: 'scn-05',
  title: 'dynamic importer with move notification at every step',
  text: `An importer attaches, maps, submits a job and detaches, and at each of these steps the exporter
    may begin a move. Nobody waits for ever; no job begins with an address that was declared invalid;
    old pages are freed behind the importer's fences; and after the detach nothing is heard any more.
    Where importers are not told of moves, what is mapped stays where it is.`,
  awaits: ['E2E-006'],
  plays: [
    {
      program: following,
      schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 60 }, drawn(6)],
      deeper: [{ kind: 'bounded', preemptions: 1, runsMax: 600 }, drawn(120)],
      expectations: [{ rules: ['DYN-007'], holds: succeeded('i', 'w', 'e') }, CONTENT, TOLD],
      forbids: { ...FORBIDDEN, refinement: ['DYN-012'] },
      witness: {
        told: { when: isTold, atLeast: 1 },
        notTold: { when: (run) => !isTold(run), atLeast: 1 },
      },
    },
    {
      name: 'pinning',
      program: pinning,
      schedules: [drawn(6)],
      deeper: [{ kind: 'bounded', preemptions: 1, runsMax: 600 }, drawn(120)],
      expectations: [{ rules: ['DYN-004'], holds: movesOrStays }, CONTENT],
      forbids: FORBIDDEN,
      witness: { stays: { when: (run) => resultNamed(run, 'e') === EBUSY, atLeast: 1 } },
    },
    {
      name: 'working',
      program: working,
      schedules: [drawn(6)],
      deeper: [{ kind: 'bounded', preemptions: 1, runsMax: 600 }, drawn(120)],
      expectations: [{ rules: ['DYN-007'], holds: succeeded('w', 'e') }, CONTENT],
      forbids: FORBIDDEN,
    },
    {
      size: 'normal',
      program: thereAndBack,
      schedules: [drawn(2)],
      deeper: [drawn(120), { kind: 'pct', runs: 60, depth: 3, seed: 0 }],
      expectations: [
        { rules: ['DYN-007'], holds: succeeded('w', 'v', 'u', 'e', 'f') },
        CONTENT,
        TOLD,
      ],
      forbids: FORBIDDEN,
    },
  ],
  variants: [
    {
      name: 'no-fence',
      mistake: 'the importer adds no fence for its job',
      fault: 'dyn-008-adds-no-fence',
      like: 'working',
      with: { schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 100 }] },
      breaks: ['E2E-007'],
    },
    {
      name: 'frees-at-once',
      mistake: 'old pages are freed when the copy is queued',
      fault: 'dyn-007-frees-at-once',
      like: 'working',
      with: { schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 100 }] },
      breaks: ['DYN-007'],
    },
    {
      name: 'leaves-it-listed',
      mistake: 'a detached importer is told all the same',
      fault: 'dyn-012-leaves-it-listed',
      breaks: ['DYN-012'],
    },
    {
      name: 'waits-without-ticket',
      mistake: 'the importer waits for its own root within the notification',
      fault: 'dyn-013-waits-without-ticket',
      breaks: ['E2E-012'],
    },
  ],
});
