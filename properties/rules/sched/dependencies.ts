import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed, results } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { RING, SAFE, SEQUENTIAL } from './jobs.ts';

const ENOENT = -2;
const ENOMEM = -12;
const EINVAL = -22;

const USAGES = ['KERNEL', 'WRITE', 'READ', 'BOOKKEEP'] as const;

/** A buffer with a fence of each usage. */
const BUFFER: string = `v = drm.device(vgem); d = drm.open(v); g = dumb.create(d); resv.lock(g.resv)
  resv.reserve(g.resv, 4)
  ${USAGES.map((usage) => `${usage} = fence.create(); resv.add(g.resv, ${usage}, ${usage})`).join('\n')}
  resv.unlock(g.resv)`;

const SIGNALS: string = USAGES.map((usage) => `fence.signal(${usage})`).join('; ');

/** An object of each kind: a fence, nothing, a timeline up to point 5. */
const SYNCOBJS = `w = drm.device(virtio_gpu); t = drm.open(w); f = fence.create(); p = fence.create()
  a = so.create(t); b = so.create(t); c = so.create(t); syncobj.replace(a.syncobj, f)
  syncobj.addPoint(c.syncobj, p, 1)`;

/** Properties of what a job waits for, before it is armed. */
export const DEPENDENCY_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SCHED-005'],
    plan: `A dependency is taken over with its reference in success and failure, null is nothing, and of one
      context only the later fence stays.
      - null; later and earlier fences of one context; others; the references afterwards
      - no memory for one, and for one of a reservation's`,
    programs: [
      program('list', {
        setup: `${RING}; f = fence.create(2, 77); g = fence.create(1, 77); h = fence.create(3, 77)
          o = fence.create()`,
        tasks: {
          A: `j = sched.job(e); n = sched.depend(j); a = sched.depend(j, f); b = sched.depend(j, g)
            c = sched.depend(j, o); one = sched.dependencies(j); rg = inspect.references(g)
            d = sched.depend(j, h); two = sched.dependencies(j); rf = inspect.references(f)
            rh = inspect.references(h); x = sched.depend(j, h); rx = inspect.references(h)
            sched.abort(j); ro = inspect.references(o)`,
        },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: `${RING}; f = fence.create(); j = sched.job(e)`,
        tasks: {
          A: 'r = sched.depend(j, f); n = inspect.references(f); l = sched.dependencies(j)',
        },
        teardown: 'sched.abort(j); fence.signal(f)',
      }),
      program('no-memory-for-reservation', {
        world: { failuresMax: 1 },
        setup: `${RING}; ${BUFFER}; j = sched.job(e)`,
        tasks: {
          A: `resv.lock(g.resv); r = sched.dependResv(j, g.resv, BOOKKEEP); resv.unlock(g.resv)
            nk = inspect.references(KERNEL); nb = inspect.references(BOOKKEEP)
            l = sched.dependencies(j)`,
        },
        teardown: `sched.abort(j); ${SIGNALS}`,
      }),
    ],
    schedules: SEQUENTIAL,
    forbids: SAFE,
    holds: (run) => {
      const { name } = run.program;
      const of = (key: string): unknown => resultNamed(run, key);
      if (name === 'no-memory') {
        if (of('r') === 0) return of('n') === 2 && of('l') === 'f' ? null : 'it is not listed';
        return of('r') === ENOMEM && of('n') === 1 && of('l') === '' ? null : 'a reference is left';
      }
      if (name === 'no-memory-for-reservation') {
        // What is listed has one reference more than the program and the reservation.
        const listed = String(of('l')).split(' ');
        const wanted = (fence: string): number => (listed.includes(fence) ? 3 : 2);
        const isRight = of('nk') === wanted('KERNEL') && of('nb') === wanted('BOOKKEEP');
        if (!isRight) return `references ${String(of('nk'))} and ${String(of('nb'))}`;
        return of('r') === (listed.length === 4 ? 0 : ENOMEM) ? null : 'a failure is not told';
      }
      return results({
        list: {
          n: 0,
          a: 0,
          b: 0,
          c: 0,
          d: 0,
          one: 'f o',
          two: 'h o',
          rg: 1,
          rf: 1,
          rh: 2,
          x: 0,
          rx: 2,
          ro: 1,
        },
      })(run);
    },
    witness: {
      replaced: reached((run) => resultNamed(run, 'two') === 'h o'),
      failed: reached((run) => resultNamed(run, 'r') === ENOMEM, 2),
    },
    faults: [
      'sched-005-earlier-stays',
      'sched-005-lists-twice',
      'sched-005-keeps-dropped',
      'sched-005-keeps-failed',
      'BUG-SCHED-01',
    ],
  }),
  property({
    rules: ['SCHED-006'],
    plan: `A job that reads a buffer waits for its KERNEL and WRITE fences, one that writes for its READ fences
      as well, and BOOKKEEP is never waited for. The reservation must be locked.
      - both accesses of a buffer with a fence of each usage; without the lock`,
    programs: [
      program('accesses', {
        setup: `${RING}; ${BUFFER}`,
        tasks: {
          A: `r = sched.job(e); w = sched.job(e); resv.lock(g.resv); a = sched.implicit(r, g)
            b = sched.implicit(w, g, true); resv.unlock(g.resv); lr = sched.dependencies(r)
            lw = sched.dependencies(w); sched.abort(r); sched.abort(w)`,
        },
      }),
      program('unlocked', {
        setup: `${RING}; ${BUFFER}`,
        tasks: { A: 'r = sched.job(e); a = sched.implicit(r, g); sched.abort(r)' },
      }),
    ],
    schedules: SEQUENTIAL,
    allows: ['lock-misuse'],
    holds: (run) => {
      const said = run.violations.filter(({ kind }) => kind === 'lock-misuse').length > 0;
      if (said !== (run.program.name === 'unlocked')) return 'the lock is not asked for';
      if (said) return null;
      return results({ accesses: { a: 0, b: 0, lr: 'KERNEL WRITE', lw: 'KERNEL WRITE READ' } })(
        run,
      );
    },
    witness: { write: reached((run) => resultNamed(run, 'lw') === 'KERNEL WRITE READ') },
    faults: [
      'sched-006-reads-wait-for-reads',
      'sched-006-waits-for-bookkeepers',
      'sched-006-no-lock',
    ],
  }),
  property({
    rules: ['SCHED-007'],
    plan: `A dependency on a synchronisation object fails at once where there is nothing: -ENOENT for an unknown
      handle, -EINVAL for an empty object or a point that is not there. Points have 64 bits; as odd as 6.12 they have 32.
      - each, and objects with a fence and with a timeline; a point beyond 32 bits, both ways`,
    programs: [false, true].map((schedulerQuirks) =>
      program(schedulerQuirks ? 'odd' : 'sane', {
        world: { schedulerQuirks },
        setup: `${RING}; ${SYNCOBJS}`,
        tasks: {
          A: `j = sched.job(e); unknown = sched.dependSyncobj(j, t, 99)
            empty = sched.dependSyncobj(j, t, b); late = sched.dependSyncobj(j, t, c, 2)
            none = sched.dependencies(j); whole = sched.dependSyncobj(j, t, a)
            point = sched.dependSyncobj(j, t, c, 1); n = clock.now()
            high = sched.dependSyncobj(j, t, c, 1, high: 1); l = sched.dependencies(j)
            sched.abort(j); fence.signal(f); fence.signal(p)`,
        },
      }),
    ),
    schedules: SEQUENTIAL,
    forbids: SAFE,
    holds: (run) => {
      const isOdd = run.program.name === 'odd';
      if (String(resultNamed(run, 'l')).split(' ').length !== 2) return 'not two dependencies';
      const expected = {
        unknown: ENOENT,
        empty: EINVAL,
        late: EINVAL,
        none: '',
        whole: 0,
        point: 0,
        n: 1000,
        high: isOdd ? 0 : EINVAL,
      };
      return results({ [run.program.name]: expected })(run);
    },
    witness: {
      high: reached((run) => resultNamed(run, 'high') === EINVAL),
      cut: reached((run) => resultNamed(run, 'high') === 0),
    },
    faults: ['sched-007-waits', 'sched-007-cuts-points', 'sched-007-never-cuts'],
  }),
];
