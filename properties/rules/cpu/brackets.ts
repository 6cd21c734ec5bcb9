import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed, warnings } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const EBUSY = -16;
const EINVAL = -22;
const ERESTARTSYS = -512;
const DIRECTIONS = ['BIDIRECTIONAL', 'TO_DEVICE', 'FROM_DEVICE', 'NONE'] as const;
const USAGES = ['KERNEL', 'WRITE', 'READ', 'BOOKKEEP'] as const;

/** A buffer with a pending fence of this usage. */
export const pending = (usage: string, options = ''): string =>
  `f = fence.create(); b = buf.export(${options}); r = buf.resv(b); resv.lock(r)
    resv.reserve(r, 2); resv.add(r, f, ${usage}); resv.unlock(r)`;

/** Whoever lets the CPU write waits for readers, too; nobody waits for bookkeeping. */
function isWaitedFor(direction: string, usage: string): boolean {
  const weakest = direction === 'BIDIRECTIONAL' || direction === 'TO_DEVICE' ? 'READ' : 'WRITE';
  return USAGES.findIndex((name) => name === usage) <= USAGES.indexOf(weakest);
}

const TABLE = DIRECTIONS.flatMap((direction) => USAGES.map((usage) => ({ direction, usage })));
const nameOf = ({ direction, usage }: (typeof TABLE)[number]): string =>
  `${direction.toLowerCase()}-${usage.toLowerCase()}`;

const LATER = 'task.sleep(10); fence.signal(f)';

function reports(run: Run): number {
  return run.violations.filter(({ kind }) => kind === 'lockdep' || kind === 'lock-misuse').length;
}

/** Properties of brackets around what the CPU does. */
export const BRACKET_PROPERTIES: readonly Property[] = [
  property({
    rules: ['CPU-001'],
    plan: `begin asks the exporter first; if that fails, nobody waits; else it waits, as long as it
      takes, or until a signal.
      - no buffer; an exporter that fails, one without the operation; done, interrupted`,
    programs: [
      program('null', { tasks: { A: 'r0 = buf.begin(null, TO_DEVICE)' } }),
      program('fails', {
        setup: pending('WRITE', 'fails: [begin], error: -16'),
        tasks: { A: 'r0 = buf.begin(b, TO_DEVICE); s = inspect.isSignaled(f); c = buf.calls(b)' },
      }),
      program('waits', {
        setup: pending('WRITE'),
        tasks: {
          A: 'r0 = buf.begin(b, TO_DEVICE); s = inspect.isSignaled(f)',
          B: 'task.sleep(10); c = buf.calls(b); fence.signal(f)',
        },
      }),
      program('opless', {
        setup: pending('WRITE', 'without: [begin]'),
        tasks: { A: 'r0 = buf.begin(b, TO_DEVICE); s = inspect.isSignaled(f)', B: LATER },
      }),
      program('interrupted', {
        setup: pending('WRITE'),
        tasks: {
          A: 'r0 = buf.begin(b, TO_DEVICE); s = inspect.isSignaled(f)',
          B: 'task.sleep(10); task.interrupt(A)',
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 200 }],
    allows: ['warn'],
    holds: both(
      results({
        null: { r0: EINVAL },
        fails: { r0: EBUSY, s: false, c: 'begin' },
        waits: { r0: 0, s: true, c: 'begin' },
        opless: { r0: 0, s: true },
        interrupted: { r0: ERESTARTSYS, s: false },
      }),
      (run) => {
        const wanted = run.program.name === 'null' ? 1 : 0;
        return warnings(run) === wanted ? null : `${warnings(run)} warnings`;
      },
    ),
    forbids: ['deadlock'],
    witness: { interrupted: reached((run) => resultNamed(run, 'r0') === ERESTARTSYS) },
    faults: ['BUG-BUF-01', 'cpu-001-waits-first', 'cpu-001-deaf', 'cpu-001-uninterruptible'],
  }),
  property({
    rules: ['CPU-002'],
    plan: `Who lets the CPU write waits for KERNEL, WRITE and READ fences, who lets it read for KERNEL
      and WRITE; nobody for BOOKKEEP.
      - four directions and four usages`,
    programs: TABLE.map((one) =>
      program(nameOf(one), {
        setup: pending(one.usage),
        tasks: { A: `q = buf.begin(b, ${one.direction}); s = inspect.isSignaled(f)`, B: LATER },
      }),
    ),
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 20 }],
    holds: results(
      Object.fromEntries(
        TABLE.map((one) => [nameOf(one), { q: 0, s: isWaitedFor(one.direction, one.usage) }]),
      ),
    ),
    witness: {
      waited: reached((run) => resultNamed(run, 's') === true, 10),
      passed: reached((run) => resultNamed(run, 's') === false, 6),
    },
    faults: [
      'BUG-BUF-01',
      'cpu-002-nobody-reads',
      'cpu-002-everybody-writes',
      'cpu-002-bookkeeping',
    ],
  }),
  property({
    rules: ['CPU-003'],
    plan: `end asks the exporter if it wants to be asked, and waits for nothing.
      - with a pending fence of the strongest usage; without the operation; one that fails`,
    programs: [
      program('pending', {
        setup: pending('KERNEL'),
        tasks: { A: 'q = buf.end(b, BIDIRECTIONAL); s = inspect.isSignaled(f); c = buf.calls(b)' },
      }),
      program('opless', {
        setup: pending('KERNEL', 'without: [end]'),
        tasks: { A: 'q = buf.end(b, TO_DEVICE); l = resv.slots(r)' },
      }),
      program('fails', {
        setup: pending('KERNEL', 'fails: [end], error: -16'),
        tasks: { A: 'q = buf.end(b, FROM_DEVICE)' },
      }),
    ],
    holds: results({
      pending: { q: 0, s: false, c: 'end' },
      opless: { q: 0, l: 'f/KERNEL' },
      fails: { q: EBUSY },
    }),
    forbids: ['deadlock'],
    witness: { failed: reached((run) => resultNamed(run, 'q') === EBUSY) },
    faults: ['cpu-003-waits', 'cpu-003-cannot-fail'],
  }),
  property({
    rules: ['CPU-004'],
    plan: `The CPU and a device agree between a begin and its end, for that direction; outside, or in
      the other one, a read may be old and a write may be lost.
      - on a machine with a cache: reads and writes, by the kernel and by a process`,
    programs: [
      program('reads', {
        setup: 'b = device.export(); v = buf.vmapUnlocked(b)',
        tasks: {
          A: `buf.peek(v); device.store(b, 7); outside = buf.peek(v); buf.begin(b, TO_DEVICE)
            other = buf.peek(v); buf.end(b, TO_DEVICE); buf.begin(b, FROM_DEVICE)
            inside = buf.peek(v); buf.end(b, FROM_DEVICE); device.store(b, 8)
            buf.begin(b, BIDIRECTIONAL); either = buf.peek(v); buf.end(b, BIDIRECTIONAL)
            buf.vunmapUnlocked(b, v)`,
        },
      }),
      program('writes', {
        setup: 'b = device.export(); v = buf.vmapUnlocked(b)',
        tasks: {
          A: `buf.begin(b, TO_DEVICE); buf.poke(v, 5); early = device.load(b)
            buf.end(b, TO_DEVICE); inside = device.load(b); buf.poke(v, 6)
            outside = device.load(b); buf.begin(b, FROM_DEVICE); lost = buf.peek(v)
            buf.end(b, FROM_DEVICE); after = device.load(b); buf.begin(b, BIDIRECTIONAL)
            buf.poke(v, 9); buf.end(b, BIDIRECTIONAL); either = device.load(b)
            buf.vunmapUnlocked(b, v)`,
        },
      }),
    ],
    holds: results({
      reads: { outside: 0, other: 0, inside: 7, either: 8 },
      writes: { early: 0, inside: 5, outside: 5, lost: 5, after: 5, either: 9 },
    }),
    witness: { agreed: reached((run) => resultNamed(run, 'either') !== undefined, 2) },
    faults: ['cpu-004-begins-alone', 'cpu-004-ends-alone', 'cpu-004-turned-round'],
  }),
  property({
    rules: ['CPU-005'],
    plan: `The core keeps no account of brackets: whatever comes is passed on.
      - begun twice, ended without a begin, two users that overlap`,
    programs: [
      program('passed-on', {
        setup: 'b = buf.export()',
        tasks: {
          A: `e0 = buf.end(b, NONE); r1 = buf.begin(b, TO_DEVICE); r2 = buf.begin(b, TO_DEVICE)
            r3 = buf.begin(b, FROM_DEVICE); e1 = buf.end(b, TO_DEVICE); e2 = buf.end(b, FROM_DEVICE)
            e3 = buf.end(b, TO_DEVICE); e4 = buf.end(b, BIDIRECTIONAL); d = buf.directions(b)`,
        },
      }),
    ],
    holds: results({
      'passed-on': {
        ...{ e0: 0, r1: 0, r2: 0, r3: 0, e1: 0, e2: 0, e3: 0, e4: 0 },
        d: [
          'end NONE begin TO_DEVICE begin TO_DEVICE begin FROM_DEVICE',
          'end TO_DEVICE end FROM_DEVICE end TO_DEVICE end BIDIRECTIONAL',
        ].join(' '),
      },
    }),
    witness: { ended: reached((run) => resultNamed(run, 'e4') === 0) },
    faults: ['cpu-005-keeps-account'],
  }),
  property({
    rules: ['CPU-006'],
    plan: `begin and end are called without the reservation lock, and so are the exporter's.
      - with the lock: reported, although the call comes back; while somebody else has it`,
    programs: [
      ...(['begin', 'end'] as const).map((call) =>
        program(call, {
          setup: 'b = buf.export(); r = buf.resv(b)',
          tasks: { A: `resv.lock(r); q = buf.${call}(b, TO_DEVICE); resv.unlock(r)` },
        }),
      ),
      program('other-ok', {
        setup: 'b = buf.export(); r = buf.resv(b)',
        tasks: {
          A: 'resv.lock(r); task.sleep(10); resv.unlock(r)',
          B: `task.sleep(5); q = buf.begin(b, TO_DEVICE); e = buf.end(b, TO_DEVICE)
            h = resv.isLocked(r); c = buf.calls(b)`,
        },
      }),
    ],
    allows: ['lockdep', 'buffer calls'],
    holds: (run) => {
      const { name } = run.program;
      const wanted = name === 'other-ok' ? 0 : 1;
      if (reports(run) !== wanted) return `${name}: ${reports(run)} reports`;
      const other = { q: 0, e: 0, h: true, c: 'begin end' };
      return results({ begin: { q: 0 }, end: { q: 0 }, 'other-ok': other })(run);
    },
    forbids: ['deadlock'],
    witness: {
      reported: reached((run) => reports(run) === 1, 2),
      other: reached((run) => resultNamed(run, 'h') === true),
    },
    faults: ['cpu-006-unproven', 'cpu-006-locked'],
  }),
  property({
    rules: ['CPU-007'],
    plan: `A bracket excludes nobody: others begin theirs, and work is queued that it does not wait
      for.
      - two brackets at once; a fence that comes while begin waits, in a slot that was there`,
    programs: [
      program('two', {
        setup: 'b = buf.export()',
        tasks: {
          A: 'q = buf.begin(b, TO_DEVICE); task.sleep(10); buf.end(b, TO_DEVICE)',
          B: 'task.sleep(5); p = buf.begin(b, TO_DEVICE); c = buf.calls(b); buf.end(b, TO_DEVICE)',
        },
      }),
      program('new-work', {
        // A kernel that proves its locks would make a new list, and the wait would see it.
        world: { lockProving: false },
        setup: `${pending('WRITE')}; g = fence.create()`,
        tasks: {
          A: 'q = buf.begin(b, TO_DEVICE); s = inspect.isSignaled(g); fence.signal(g)',
          B: `task.sleep(10); resv.lock(r); resv.reserve(r, 1); resv.add(r, g, WRITE)
            resv.unlock(r); fence.signal(f)`,
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 200 }],
    holds: results({
      two: { q: 0, p: 0, c: 'begin begin' },
      'new-work': { q: 0, s: false },
    }),
    forbids: ['deadlock'],
    witness: {
      overlap: reached((run) => resultNamed(run, 'c') === 'begin begin'),
      queued: reached((run) => resultNamed(run, 's') === false),
    },
    faults: ['cpu-007-until-idle', 'cpu-007-one-at-a-time'],
  }),
  property({
    rules: ['CPU-008'],
    plan: `For work that is synchronised by hand a bracket orders nothing: its fences are not waited
      for, and the exporter is asked all the same.
      - in each direction; the caller waits by itself, and then sees what was written`,
    programs: [
      program('bookkeeping', {
        setup: pending('BOOKKEEP'),
        tasks: {
          A: `q = buf.begin(b, BIDIRECTIONAL); e = buf.end(b, BIDIRECTIONAL)
            p = buf.begin(b, FROM_DEVICE); s = inspect.isSignaled(f); c = buf.calls(b)`,
        },
      }),
    ],
    holds: results({ bookkeeping: { q: 0, e: 0, p: 0, s: false, c: 'begin end begin' } }),
    forbids: ['deadlock'],
    witness: { passed: reached((run) => resultNamed(run, 's') === false) },
    faults: ['cpu-002-bookkeeping'],
  }),
  property({
    rules: ['CPU-009'],
    plan: `A mapping of a process is not made coherent when it is touched: only brackets do that, and
      the core asks for none by itself.
      - what a process sees without and with a bracket; what mapping asks of the exporter`,
    programs: [
      program('process', {
        setup: 'b = device.export(); d = buf.fd(b); m = sys.mmap(d, prot: read+write)',
        tasks: {
          A: `sys.load(m); device.store(b, 7); old = sys.load(m); q = dmabuf.sync(d, read)
            new = sys.load(m); p = dmabuf.sync(d, read+end); w = dmabuf.sync(d, write)
            sys.store(m, 0, 3)
            early = device.load(b); z = dmabuf.sync(d, write+end); late = device.load(b)`,
        },
      }),
      program('asked', {
        setup: 'b = buf.export(); d = buf.fd(b)',
        tasks: {
          A: 'm = sys.mmap(d, prot: read+write); sys.store(m); x = sys.load(m); c = buf.calls(b)',
        },
      }),
    ],
    holds: results({
      process: { old: 0, q: 0, new: 7, p: 0, w: 0, early: 7, z: 0, late: 3 },
      asked: { m: 0, x: 1, c: 'mmap' },
    }),
    witness: { old: reached((run) => resultNamed(run, 'old') === 0) },
    faults: ['cpu-009-begins-at-mmap', 'cpu-004-begins-alone'],
  }),
];
