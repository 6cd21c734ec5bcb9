import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed, warnings } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const EBUSY = -16;

const PINS = 'resv.lock(r); p = attach.pin(a); attach.unpin(a); c = buf.calls(b); resv.unlock(r)';

/** Who was told of moves, in order, as `c a`. */
function told(run: Run): string {
  const notices = run.sightings.filter(({ name }) => name === 'notify');
  return notices.map(({ object }) => object.label).join(' ');
}

/** Properties of pinning, and of telling importers of moves. */
export const MOVING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['ATTACH-012'],
    plan: `A pin is one call of the exporter, under the lock, and so is an unpin; nobody counts.
      - two of each; an exporter that refuses; one that never moves; without the lock`,
    programs: [
      program('twice', {
        setup: 'b = buf.export(dynamic: true); r = buf.resv(b); a = attach.dynamic(b, gpu)',
        tasks: {
          A: `resv.lock(r); p = attach.pin(a); q = attach.pin(a); attach.unpin(a)
            attach.unpin(a); c = buf.calls(b); resv.unlock(r)`,
        },
      }),
      program('refuses', {
        setup: `b = buf.export(dynamic: true, fails: [pin], error: -16); r = buf.resv(b)
          a = attach.dynamic(b, gpu)`,
        tasks: { A: 'resv.lock(r); p = attach.pin(a); c = buf.calls(b); resv.unlock(r)' },
      }),
      program('never-moves', {
        setup: 'b = buf.export(); r = buf.resv(b); a = attach.dynamic(b, gpu)',
        tasks: { A: PINS },
      }),
      program('without-the-lock', {
        setup: 'b = buf.export(dynamic: true); a = attach.dynamic(b, gpu)',
        tasks: { A: 'p = attach.pin(a); attach.unpin(a); c = buf.calls(b)' },
      }),
    ],
    allows: ['lock-misuse'],
    forbids: ['refinement'],
    holds: (run) => {
      const misused = run.violations.filter(({ kind }) => kind === 'lock-misuse').length;
      if (misused !== (run.program.name === 'without-the-lock' ? 2 : 0)) {
        return `${run.program.name}: ${misused} reports about the lock`;
      }
      return results({
        twice: { p: 0, q: 0, c: 'attach pin! pin! unpin! unpin!' },
        refuses: { p: EBUSY, c: 'attach pin!' },
        'never-moves': { p: 0, c: 'attach map!' },
        'without-the-lock': { p: 0, c: 'attach pin unpin' },
      })(run);
    },
    witness: { refused: reached((run) => resultNamed(run, 'p') === EBUSY) },
    faults: ['attach-012-counts', 'attach-012-succeeds', 'attach-012-trusts'],
  }),
  property({
    rules: ['ATTACH-013'],
    plan: `An importer that does not follow moves must not pin: a warning, and the pin is made.
      - a static importer; a dynamic one`,
    programs: ['static', 'dynamic'].map((importer) =>
      program(importer, {
        setup: `b = buf.export(dynamic: true); r = buf.resv(b); a = attach.${importer}(b, gpu)`,
        tasks: { A: PINS },
      }),
    ),
    // The pin is made, against the lifecycle: the judge of that speaks, too.
    allows: ['warn', 'refinement'],
    holds: (run) => {
      const isStatic = run.program.name === 'static';
      const count = warnings(run);
      if (count !== (isStatic ? 2 : 0)) return `${run.program.name}: ${count} warnings`;
      return results({
        static: { p: 0, c: 'attach pin! map! pin! unpin!' },
        dynamic: { p: 0, c: 'attach pin! unpin!' },
      })(run);
    },
    witness: { warned: reached((run) => warnings(run) === 2) },
    faults: ['attach-013-silent', 'attach-013-refuses'],
  }),
  property({
    rules: ['ATTACH-028'],
    plan: `Importers that follow moves are told, newest first, before the exporter goes on; others
      are not, and nobody is told who is detached.
      - three of them, one static; one that is detached; none`,
    programs: [
      program('three', {
        setup: `b = buf.export(dynamic: true); r = buf.resv(b); x = attach.dynamic(b, gpu)
          y = attach.static(b, display); z = attach.dynamic(b, camera)`,
        tasks: {
          A: `resv.lock(r); buf.moveNotify(b); mx = attach.moves(x); my = attach.moves(y)
            mz = attach.moves(z); resv.unlock(r)`,
        },
      }),
      program('detached', {
        setup: `b = buf.export(dynamic: true); r = buf.resv(b); x = attach.dynamic(b, gpu)
          z = attach.dynamic(b, camera); attach.detach(b, x)`,
        tasks: {
          A: 'resv.lock(r); buf.moveNotify(b); mx = attach.moves(x); mz = attach.moves(z); resv.unlock(r)',
        },
      }),
    ],
    forbids: ['refinement'],
    holds: (run) => {
      const wrong = results({
        three: { mx: 'move!', my: '', mz: 'move!' },
        detached: { mx: '', mz: 'move!' },
      })(run);
      if (wrong !== null) return wrong;
      const order = told(run);
      const wanted = run.program.name === 'three' ? 'z x' : 'z';
      return order === wanted ? null : `${run.program.name}: told are ${order}, not ${wanted}`;
    },
    witness: { both: reached((run) => told(run) === 'z x') },
    faults: ['attach-004-at-the-tail', 'attach-028-only-the-first', 'attach-028-static-ones'],
  }),
  property({
    rules: ['ATTACH-029'],
    plan: `Importers are told under the lock. One that locks there itself is caught.
      - with and without the lock; a device at work while the storage moves`,
    programs: [
      program('locked', {
        setup: 'b = buf.export(dynamic: true); r = buf.resv(b); a = attach.dynamic(b, gpu)',
        tasks: { A: 'resv.lock(r); buf.moveNotify(b); m = attach.moves(a); resv.unlock(r)' },
      }),
      program('not-locked', {
        setup: 'b = buf.export(dynamic: true); a = attach.dynamic(b, gpu)',
        tasks: { A: 'buf.moveNotify(b); m = attach.moves(a)' },
      }),
      program('device', {
        world: { moveNotify: true },
        setup: 'b = exporter.moving(1); i = importer.dynamic(b); importer.write(i)',
        tasks: { A: 'e = exporter.move(b); importer.close(i)' },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 500 }],
    allows: ['lock-misuse', 'locking'],
    forbids: ['deadlock', 'lockdep'],
    holds: (run) => {
      const { name } = run.program;
      const misused = run.violations.filter(({ kind }) => kind === 'lock-misuse').length;
      if (misused !== (name === 'not-locked' ? 1 : 0)) return `${name}: ${misused} reports`;
      return results({ locked: { m: 'move!' }, 'not-locked': { m: 'move' }, device: { e: 0 } })(
        run,
      );
    },
    witness: { told: reached((run) => resultNamed(run, 'm') === 'move!') },
    faults: ['attach-029-trusts', 'attach-029-locks-again'],
  }),
];
