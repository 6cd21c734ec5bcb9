import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { exactly } from '../drm-outcomes.ts';
import { EVERY_RESULT } from '../every-result.ts';

const ENOENT = -2;
const EBUSY = -16;
const EINVAL = -22;

const OPEN = 'v = drm.device(vgem); d = drm.open(v); g = dumb.create(d)';

const USAGES = ['KERNEL', 'WRITE', 'READ', 'BOOKKEEP'] as const;

/** One object for each usage, with a fence of that usage, and both kinds of attach on each. */
const ONE_EACH: string = USAGES.map(
  (usage) => `g${usage} = dumb.create(d); f${usage} = fence.create()
    resv.lock(g${usage}.resv); resv.reserve(g${usage}.resv, 1)
    resv.add(g${usage}.resv, f${usage}, ${usage}); resv.unlock(g${usage}.resv)`,
).join('\n');
const READS: string = USAGES.map((usage) => `r${usage} = vgem.attach(d, g${usage})`).join('\n');
const WRITES: string = USAGES.map((usage) => `w${usage} = vgem.attach(d, g${usage}, true)`).join(
  '\n',
);
const SIGNALS: string = USAGES.map((usage) => `fence.signal(f${usage})`).join('\n');
const AGAIN: string = USAGES.map((usage) => `s${usage} = vgem.attach(d, g${usage}, true)`).join(
  '\n',
);

/** Properties of putting vgem's fences on buffers. */
export const ATTACHING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['VGEM-001'],
    plan: `Attach looks at its flags, its padding, its handle, and then for conflicts. WRITE is the only
      flag.
      - each wrong argument, alone and with those that come later
      - a device without these calls`,
    programs: [
      program('errors', {
        tasks: {
          A: `${OPEN}; flag = vgem.attach(d, g, flags: 2); both = vgem.attach(d, 9, flags: 3)
            pad = vgem.attach(d, g, pad: 1); late = vgem.attach(d, 9, pad: 1)
            unknown = vgem.attach(d, 9); zero = vgem.attach(d, 0); slots = resv.slots(g.resv)
            a = vgem.attach(d, g, true); busy = vgem.attach(d, g, true)
            wrong = vgem.attach(d, g, flags: 3); wpad = vgem.attach(d, g, true, pad: 1)
            w = drm.device(vkms); k = drm.open(w); h = dumb.create(k); none = vgem.attach(k, h)`,
        },
      }),
    ],
    holds: results({
      errors: {
        flag: EINVAL,
        both: EINVAL,
        pad: EINVAL,
        late: EINVAL,
        unknown: ENOENT,
        zero: ENOENT,
        slots: '',
        a: 1,
        busy: EBUSY,
        wrong: EINVAL,
        wpad: EINVAL,
        none: EINVAL,
      },
    }),
    witness: { busy: reached((run) => resultNamed(run, 'busy') === EBUSY) },
    faults: ['vgem-001-handle-first', 'vgem-001-any-flags'],
  }),
  property({
    rules: ['VGEM-002'],
    plan: `A read waits for nobody but conflicts with KERNEL and WRITE, a write with READ as well; what
      has signaled, and BOOKKEEP, never conflict.
      - each usage × read and write, pending and signaled`,
    programs: [
      program('reads', { setup: OPEN, tasks: { A: `${ONE_EACH}\n${READS}\n${SIGNALS}` } }),
      program('writes', {
        setup: OPEN,
        tasks: { A: `${ONE_EACH}\n${WRITES}\n${SIGNALS}\nvgem.signal(d, 1)\n${AGAIN}` },
      }),
    ],
    holds: results({
      reads: { rKERNEL: EBUSY, rWRITE: EBUSY, rREAD: 1, rBOOKKEEP: 2 },
      writes: {
        wKERNEL: EBUSY,
        wWRITE: EBUSY,
        wREAD: EBUSY,
        wBOOKKEEP: 1,
        sKERNEL: 2,
        sWRITE: 3,
        sREAD: 4,
        sBOOKKEEP: 5,
      },
    }),
    witness: { read: reached((run) => resultNamed(run, 'rREAD') === 1) },
    faults: ['vgem-002-reads-pass-writes', 'vgem-002-waits-for-bookkeepers'],
  }),
  property({
    rules: ['VGEM-003'],
    plan: `Two writes that attach at once do not both get through (6.12 lets them: KERN-VGEM-01).
      - two write attaches of one file, and of two files`,
    programs: [
      program('one-file', {
        setup: OPEN,
        tasks: { A: 'vgem.attach(d, g, true)', B: 'vgem.attach(d, g, true)' },
      }),
      program('two-files', {
        setup: `${OPEN}; e = drm.open(v); b = prime.export(d, g); h = prime.import(e, b)`,
        tasks: { A: 'vgem.attach(d, g, true)', B: 'vgem.attach(e, h, true)' },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 5000 }],
    ...exactly({
      'one-file': ['A:1 B:-16', 'A:-16 B:1'],
      'two-files': ['A:1 B:-16', 'A:-16 B:1'],
    }),
    witness: { second: reached((run) => run.outcome === 'A:-16 B:1') },
    faults: ['KERN-VGEM-01'],
  }),
  property({
    rules: ['VGEM-004'],
    plan: `Each attach makes a fence with number 1 in a context of its own, on the reservation of the
      object, which for an imported one is its exporter's. A failed one leaves no trace.
      - reads and writes on own and imported objects; conflicts and bad memory in between
      - an attach that finds no memory; one beside which the last handle goes`,
    programs: [
      program('fences', {
        tasks: {
          A: `${OPEN}; w = drm.device(vkms); k = drm.open(w); l = dumb.create(k)
            c = prime.export(k, l); h = prime.import(d, c); a = vgem.attach(d, g)
            x = vgem.attach(d, g, true); b = vgem.attach(d, g); slots = resv.slots(g.resv)
            i = vgem.attach(d, h, true); islots = resv.slots(l.resv)
            an = inspect.seqno(a.fence); bn = inspect.seqno(b.fence)
            ac = inspect.context(a.fence); bc = inspect.context(b.fence)
            ic = inspect.context(i.fence); bad = vgem.attach(d, l, true, memory: bad)
            unchanged = resv.slots(l.resv); text = fence.describe(a.fence)`,
        },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: OPEN,
        tasks: { A: 'a = vgem.attach(d, g, true); b = vgem.attach(d, g, true)' },
        teardown: 's = resv.test(g.resv, READ)',
      }),
      program('closed', {
        setup: OPEN,
        tasks: { A: 'a = vgem.attach(d, g, true)', B: 'c = gem.close(d, g)' },
      }),
    ],
    schedules: EVERY_RESULT,
    forbids: ['use-after-free', 'leak'],
    holds: (run) => {
      if (run.program.name === 'no-memory') {
        // After a failure the second one is as the first would have been.
        const [a, b] = [resultNamed(run, 'a'), resultNamed(run, 'b')];
        const isRight = a === -12 ? b === 1 : a === 1 && (b === EBUSY || b === -12);
        return isRight ? null : 'a failed attach left a fence or a number';
      }
      if (run.program.name === 'closed') {
        const a = resultNamed(run, 'a');
        return a === 1 || a === ENOENT ? null : `attach returns ${String(a)}`;
      }
      const contexts = ['ac', 'bc', 'ic'].map((name) => resultNamed(run, name));
      return both(
        results({
          fences: {
            a: 1,
            x: EBUSY,
            b: 2,
            slots: 'a.fence/READ b.fence/READ',
            i: 3,
            islots: 'i.fence/WRITE',
            an: 1,
            bn: 1,
            bad: -14,
            unchanged: 'i.fence/WRITE',
          },
        }),
        () => (new Set(contexts).size === 3 ? null : `contexts are ${contexts.join(', ')}`),
      )(run);
    },
    witness: {
      failed: reached((run) => resultNamed(run, 'a') === -12),
      made: reached((run) => resultNamed(run, 'islots') === 'i.fence/WRITE'),
      closed: reached((run) => run.program.name === 'closed' && resultNamed(run, 'a') === 1),
    },
    faults: [
      'vgem-004-one-context',
      'vgem-004-number-of-failures',
      'vgem-004-lets-go-early',
      'prime-008-own-reservation',
    ],
  }),
];
