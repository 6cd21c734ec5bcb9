import { EDEADLK } from '../../../impl/kernel/errno.ts';
import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import { Probe } from '../../programs/probe.ts';
import type { Run } from '../../run/run.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { program } from '../../programs/parse.ts';
import { answered, answers, byProgram, firstOf, issuerOf, same, warnings } from './evidence.ts';

/** The one call of the issuer's `release`, and that it was made by whoever dropped the last. */
function releasedOnce(run: Run): string | null {
  const releases = issuerOf(run, 'f').sights.filter(({ op }) => op === 'release');
  const fence = run.environment.fence('f');
  const last = run.sightings.find(({ object, name }) => object === fence && name === 'put.last');
  return firstOf(
    same('releases', releases.length, 1),
    same('the task that releases', releases[0]?.task, last?.task ?? 'nobody'),
  );
}

function isReleasedBy(run: Run, task: string): boolean {
  return issuerOf(run, 'f').sights.some((sight) => sight.op === 'release' && sight.task === task);
}

/** What the callback of a fence that died pending must find. */
function forcedSignal(run: Run): string | null {
  const probe = run.environment.find('cb.probe', Probe);
  const sight = probe.sights[0];
  const fence = run.environment.fence('f');
  return firstOf(
    same('warnings', warnings(run), 1),
    same('calls', probe.sights.length, 1),
    same('error in the callback', sight?.error, -EDEADLK),
    same('lock held in the callback', sight?.isLocked, true),
    same('references in the callback', sight?.references, 0),
    same('signalling sections', sight?.signallingDepth, 0),
    same('freed', fence.freedBy !== null, true),
  );
}

/** Properties of references and the end of a fence. */
export const RELEASE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-006'],
    plan: `The release runs once, in the context of whoever drops the last reference.
      - two tasks, then a task and an interrupt, drop one reference each`,
    programs: [
      program('last-put', {
        setup: 'f = fence.create(release: counted); fence.get(f)',
        tasks: { A: 'fence.put(f)', B: 'fence.put(f)' },
      }),
      program('last-put-irq', {
        setup: 'f = fence.create(release: counted); fence.get(f); fence.get(f)',
        tasks: { A: 'fence.put(f)', B: 'fence.put(f)', 'irq@A': 'fence.put(f)' },
      }),
    ],
    forbids: ['double-free', 'use-after-free', 'refcount', 'leak', 'refinement'],
    holds: releasedOnce,
    witness: {
      byA: reached((run) => isReleasedBy(run, 'A')),
      byB: reached((run) => isReleasedBy(run, 'B')),
      byInterrupt: reached((run) => isReleasedBy(run, 'irq')),
    },
    faults: ['fence-006-count-read-first', 'fence-006-released-by-worker'],
  }),
  property({
    rules: ['FENCE-007'],
    plan: `The issuer's release alone frees; without one, memory stays until readers have left.
      - a reader that began before the last put looks at the fence, then leaves
      - an issuer that keeps the memory: nobody frees it behind its back`,
    programs: [
      program('put-under-reader', {
        setup: 'f = fence.create()',
        tasks: {
          A: 'rcu.readLock(); rcu.look(f); rcu.look(f); inspect.isFreed(f); rcu.readUnlock()',
          B: 'fence.put(f)',
        },
      }),
      program('put-in-own-section', {
        setup: 'f = fence.create()',
        tasks: {
          A: `rcu.readLock(); fence.put(f); rcu.look(f); inspect.isFreed(f)
              rcu.readUnlock(); inspect.isFreed(f)`,
        },
      }),
      program('put-kept', {
        setup: 'f = fence.create(release: kept)',
        tasks: { A: 'fence.put(f); inspect.isFreed(f); fence.free(f); inspect.isFreed(f)' },
      }),
    ],
    forbids: ['use-after-free', 'double-free', 'leak', 'refinement'],
    holds: byProgram({
      'put-under-reader': (run) =>
        same('freed under the reader', run.resultOf('A', 'inspect.isFreed'), false),
      'put-in-own-section': (run) => answered(run, 'A', 'false | false | true'),
      'put-kept': (run) => answered(run, 'A', 'false | true'),
    }),
    witness: {
      deferred: reached((run) => answers(run, 'A') === 'false | false | true'),
      kept: reached((run) => answers(run, 'A') === 'false | true'),
    },
    faults: ['fence-007-no-grace-period', 'fence-007-core-frees-too'],
  }),
  property({
    rules: ['FENCE-008'],
    plan: `A pending fence without callbacks dies silently: no signal, no error, no complaint.
      - never used; and with its only callback removed again`,
    programs: [
      program('die-unused', { setup: 'f = fence.create()', tasks: { A: 'fence.put(f)' } }),
      program('die-unwatched', {
        setup: 'f = fence.create(enable: armed); cb = probe.create()',
        tasks: { A: 'fence.addCallback(f, cb); fence.removeCallback(f, cb); fence.put(f)' },
      }),
    ],
    forbids: ['warn', 'refinement'],
    holds: (run) => {
      const { flags, error } = run.environment.fence('f');
      return firstOf(
        same('SIGNALED', (flags.bits & SIGNALED) !== 0, false),
        same('error', error.value, 0),
      );
    },
    witness: { died: reached((run) => run.environment.fence('f').freedBy !== null, 2) },
    faults: ['fence-008-signals-every-orphan', 'fence-008-complains'],
  }),
  property({
    rules: ['FENCE-009'],
    plan: `A pending fence that dies with callbacks complains and signals -EDEADLK to them.
      - with and without an earlier error; the callback notes the circumstances`,
    programs: [
      program('die-watched', {
        setup: 'f = fence.create(); cb = probe.create()',
        tasks: { A: 'fence.addCallback(f, cb); fence.put(f)' },
      }),
      program('die-watched-failed', {
        setup: 'f = fence.create(); cb = probe.create()',
        tasks: { A: 'fence.addCallback(f, cb); fence.setError(f, -5); fence.put(f)' },
      }),
      program('die-watched-irq', {
        setup: 'f = fence.create(); cb = probe.create(); fence.addCallback(f, cb)',
        tasks: { irq: 'fence.put(f)' },
      }),
    ],
    allows: ['warn'],
    forbids: ['refinement', 'deadlock', 'lockdep'],
    holds: forcedSignal,
    witness: {
      forced: reached((run) => run.environment.find('cb.probe', Probe).returned === 1, 3),
    },
    faults: [
      'BUG-FENCE-02',
      'fence-009-keeps-error',
      'fence-009-opens-section',
      'fence-009-without-lock',
    ],
  }),
  property({
    rules: ['FENCE-010'],
    plan: `Get-unless-zero takes a counted reference or fails; the dead stay dead.
      - one lookup against the last put, and against two puts`,
    programs: [
      program('lookup-put', {
        setup: 'f = fence.create(release: counted)',
        tasks: {
          A: 'rcu.readLock(); fence.getRcu(f); rcu.readUnlock()',
          B: 'fence.put(f)',
        },
      }),
      program('lookup-puts', {
        setup: 'f = fence.create(release: counted); fence.get(f)',
        tasks: {
          A: 'rcu.readLock(); fence.getRcu(f); rcu.readUnlock()',
          B: 'fence.put(f)',
          C: 'fence.put(f)',
        },
      }),
    ],
    forbids: ['refcount', 'use-after-free', 'double-free', 'leak', 'refinement'],
    holds: (run) => same('releases', issuerOf(run, 'f').releaseCalls, 1),
    witness: {
      taken: reached((run) => run.resultOf('A', 'fence.getRcu') === true),
      missed: reached((run) => run.resultOf('A', 'fence.getRcu') === false),
    },
    faults: ['fence-010-looks-then-takes', 'fence-010-revives'],
  }),
];
