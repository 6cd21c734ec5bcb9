import { resultNamed } from '../check/results.ts';
import { program } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import type { Run } from '../run/run.ts';
import { drawn, type Scenario, scenario } from './scenario.ts';

const EINTR = -4;
const ENOMEM = -12;

/** Two lists in opposite orders. */
function crossing(name: string): Program {
  return program(name, {
    setup: 'a = exec.object(); b = exec.object()',
    tasks: {
      A: 'x = exec.init(); r0 = exec.lockAll(x, [a, b]); exec.fini(x)',
      B: 'y = exec.init(); r1 = exec.lockAll(y, [b, a]); exec.fini(y)',
    },
  });
}

/** The same with a signal for one of them, which may come while it waits for what is in its way. */
function interrupted(name: string): Program {
  return program(name, {
    setup: 'a = exec.object(); b = exec.object()',
    tasks: {
      A: 'x = exec.init([interruptible]); r0 = exec.lockAll(x, [a, b]); exec.fini(x)',
      B: 'y = exec.init(); r1 = exec.lockAll(y, [b, a]); exec.fini(y)',
      S: 'task.interrupt(A)',
    },
  });
}

/**
 * Two submitters, a third one that makes room in the device's memory by evicting what they name, and
 * an importer that is told of it. Whoever must give way in an eviction is told that there is no
 * room, and leaves its transaction.
 */
function evicting(name: string): Program {
  return program(name, {
    world: { moveNotify: true },
    setup: `d = ttm.device(2, 4, automatic: true); a = ttm.create(d, [vram]); b = ttm.create(d, [vram])
      e = ttm.create(d, [system]); bb = ttm.export(b); i = attach.dynamic(bb, nic)`,
    tasks: {
      A: `x = ww.init(); la = ttm.lock(a, x); lb = ttm.lock(b, x); ttm.unlock(a); ttm.unlock(b)
        ww.fini(x)`,
      B: `y = ww.init(); mb = ttm.lock(b, y); ma = ttm.lock(a, y); ttm.unlock(b); ttm.unlock(a)
        ww.fini(y)`,
      E: `z = ww.init(); le = ttm.lock(e, z); v = ttm.validate(e, [vram]); ttm.unlock(e); ww.fini(z)
        w = ttm.where(e)`,
    },
    teardown: 'attach.detach(bb, i)',
  });
}

function allLocked(run: Run): string | null {
  const [r0, r1] = [resultNamed(run, 'r0'), resultNamed(run, 'r1')];
  return r0 === 0 && r1 === 0 ? null : `the transactions return ${r0} and ${r1}`;
}

function lockedOrInterrupted(run: Run): string | null {
  const [r0, r1] = [resultNamed(run, 'r0'), resultNamed(run, 'r1')];
  return (r0 === 0 || r0 === EINTR) && r1 === 0 ? null : `the transactions return ${r0}, ${r1}`;
}

/** Who must give way is told so, and whoever makes room gets it or is told that there is none. */
function evictorEnds(run: Run): string | null {
  const [v, w] = [resultNamed(run, 'v'), resultNamed(run, 'w')];
  if (v === 0) return w === 'vram 0' || w === 'vram 1' ? null : `it is in ${w}`;
  return v === ENOMEM && w === 'system' ? null : `making room returns ${v}, and it is in ${w}`;
}

/** A transaction begins a pass again. */
function givesWay(run: Run): boolean {
  return run.sightings.some(({ name, object }) => name === 'again' && object.kind === 'exec');
}

/** Two submitters in opposite orders, signals, and an eviction that needs what they hold. */
export const SCN_09: Scenario = scenario({
  name: 'scn-09',
  title: 'deadlock by opposite lock order',
  text: `Two submitters lock the buffers X and Y, one of them in the opposite order. Whoever is younger
    backs off, waits for what was in its way before it locks anything else, and begins again; both
    end, also when a signal ends the waiting of one of them. Besides, somebody makes room by evicting
    the same buffers by try-lock and by ticket, and an importer is told of that under the lock.`,
  plays: [
    {
      program: crossing,
      schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 100 }, drawn(10)],
      deeper: [{ kind: 'stateful', statesMax: 60_000 }, drawn(150)],
      expectations: [{ rules: ['EXEC-009'], holds: allLocked }],
      forbids: { deadlock: ['EXEC-009'], livelock: ['EXEC-009'] },
      witness: { givesWay: { when: givesWay, atLeast: 10 } },
    },
    {
      name: 'interrupted',
      program: interrupted,
      schedules: [drawn(12)],
      deeper: [{ kind: 'bounded', preemptions: 2, runsMax: 2000 }, drawn(150)],
      expectations: [{ rules: ['EXEC-007'], holds: lockedOrInterrupted }],
      witness: { interrupted: { when: (run) => resultNamed(run, 'r0') === EINTR, atLeast: 1 } },
    },
    {
      size: 'normal',
      program: evicting,
      schedules: [drawn(3)],
      deeper: [drawn(120), { kind: 'pct', runs: 60, depth: 3, seed: 0 }],
      expectations: [{ rules: ['EVICT-002'], holds: evictorEnds }],
      witness: { evicted: { when: (run) => resultNamed(run, 'v') === 0, atLeast: 1 } },
    },
  ],
  variants: [
    {
      name: 'no-ticket',
      mistake: 'buffers are locked in the order of the list, without the ticket',
      fault: 'exec-009-plain-locks',
      breaks: ['EXEC-009', 'E2E-012'],
    },
  ],
});
