import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { bufferOf, IDLE, ONE_PREEMPTION, pending, slotEvents } from '../buffer-programs.ts';

/** Added, and not called yet: at most one callback in each direction, at any moment. */
function armsOnce(run: Run): string | null {
  for (const { callback } of [bufferOf(run).pollIn, bufferOf(run).pollOut]) {
    let armed = 0;
    for (const { object, name, result } of run.sightings) {
      if (object !== callback) continue;
      if (name === 'add' && result !== null && result !== 0) continue;
      if (name === 'add') armed += 1;
      if (name === 'run') armed -= 1;
      if (armed > 1) return 'a direction is armed twice';
      if (armed < 0) return 'a direction is called back twice';
    }
  }
  return null;
}

const REPLACEABLE = `heap.addAll(); b = heap.buffer(4096)
  f = fence.create(context: 9, seqno: 1); h = fence.create(context: 9, seqno: 2)
  dmabuf.add(b, f, WRITE)`;

/** The callback that all pollers of a direction share. */
export const SLOT_PROPERTIES: readonly Property[] = [
  property({
    rules: ['POLL-005'],
    plan: `A direction is armed once, on the first fence that is pending, whoever polls how.
      - with a time-out of 0, twice, by two tasks at once; for each direction
      - fences in slot order, the first of them done; one that only the hardware has finished
      - a callback and a reference of the fence, a reference of the file, and no more`,
    programs: [
      program('twice', {
        setup: pending({ f: 'WRITE', g: 'WRITE' }),
        tasks: {
          A: `p = sys.poll(b, in); c = inspect.callbacks(f); d = inspect.callbacks(g)
            n = buf.count(b); r = inspect.references(f); e = inspect.isEnabled(f)
            q = sys.poll(b, in); sys.poll(b, in, 3); c2 = inspect.callbacks(f)
            n2 = buf.count(b); r2 = inspect.references(f); e2 = inspect.isEnabled(g)`,
        },
        teardown: 'fence.signal(f)',
      }),
      program('next', {
        setup: `${pending({ f: 'WRITE', g: 'WRITE' })}; fence.signal(f)`,
        tasks: {
          A: `p = sys.poll(b, in); c = inspect.callbacks(g); q = sys.poll(b, in+out)
            c2 = inspect.callbacks(g); n2 = buf.count(b)`,
        },
        teardown: 'fence.signal(g)',
      }),
      program('hardware', {
        setup: `${IDLE}; f = fence.create(signaled: hardware); hardware.finish(f)
          dmabuf.add(b, f, WRITE); k = inspect.polls(f)`,
        tasks: {
          A: `p = sys.poll(b, in); k2 = inspect.polls(f); c = inspect.callbacks(f)
            e = inspect.isEnabled(f); n = dmabuf.armed(b)`,
        },
        teardown: 'fence.signal(f)',
      }),
      program('two-pollers', {
        setup: pending({ f: 'WRITE' }),
        tasks: { A: 'a = sys.poll(b, in)', B: 'q = sys.poll(b, in)' },
        teardown: 'c = inspect.callbacks(f); n = buf.count(b); fence.signal(f)',
      }),
      program('pollers-and-signal', {
        setup: pending({ f: 'WRITE', g: 'WRITE' }),
        tasks: { A: 'sys.poll(b, in)', B: 'sys.poll(b, in)', C: 'fence.signal(f)' },
        teardown: 'fence.signal(g)',
      }),
    ],
    schedules: ONE_PREEMPTION,
    forbids: ['refcount', 'bug', 'leak', 'refinement'],
    holds: both(armsOnce, (run) => {
      const { name } = run.program;
      if (name === 'pollers-and-signal') return null;
      return results({
        twice: {
          p: 'none',
          c: 1,
          d: 0,
          n: 2,
          r: 3,
          e: true,
          q: 'none',
          c2: 1,
          n2: 2,
          r2: 3,
          e2: false,
        },
        next: { p: 'none', c: 1, q: 'none', c2: 2, n2: 3 },
        hardware: { p: 'none', k2: 0, c: 1, e: true, n: 'in' },
        'two-pollers': { a: 'none', q: 'none', c: 1, n: 2 },
      })(run);
    }),
    witness: {
      armed: reached((run) => slotEvents(run, 'add').length === 1, 3),
      again: reached((run) => slotEvents(run, 'add').length === 2, 2),
    },
    faults: [
      'poll-005-claims-always',
      'poll-005-reference-each',
      'poll-005-arms-on-the-last',
      'poll-005-peeks',
    ],
  }),
  property({
    rules: ['POLL-006'],
    plan: `When its fence signals a direction wakes who waits for it, is free, and holds nothing.
      - sleepers for each direction and for both; one fence, two fences
      - nobody sleeps; a poller that sleeps while both fences signal`,
    programs: [
      program('keys', {
        setup: `${pending({ f: 'READ', g: 'WRITE' })}; i = dmabuf.sleepOn(b, in)
          i2 = dmabuf.sleepOn(b, in); o = dmabuf.sleepOn(b, out); e = dmabuf.sleepOn(b, in+out)`,
        tasks: {
          A: `sys.poll(b, in+out); n = buf.count(b); fence.signal(f); m = dmabuf.armed(b)
            wi = dmabuf.woken(i); wo = dmabuf.woken(o); we = dmabuf.woken(e)
            n1 = buf.count(b); r = inspect.references(f); fence.signal(g)
            wi2 = dmabuf.woken(i); wj2 = dmabuf.woken(i2); wo2 = dmabuf.woken(o)
            we2 = dmabuf.woken(e); m2 = dmabuf.armed(b); n2 = buf.count(b)
            r2 = inspect.references(g)`,
        },
      }),
      program('two-fences', {
        setup: pending({ f: 'WRITE', g: 'WRITE' }),
        tasks: {
          A: 'a = sys.poll(b, in, -1)',
          B: 'fence.signal(f); fence.signal(g)',
        },
        teardown: 'n = buf.count(b); m = dmabuf.armed(b)',
      }),
    ],
    schedules: ONE_PREEMPTION,
    forbids: ['deadlock', 'leak', 'refcount'],
    holds: results({
      keys: {
        n: 3,
        m: 'in',
        wi: 0,
        wo: 1,
        we: 1,
        n1: 2,
        r: 2,
        wi2: 1,
        wj2: 1,
        wo2: 1,
        we2: 2,
        m2: 'none',
        n2: 1,
        r2: 2,
      },
      'two-fences': { a: 'in', n: 1, m: 'none' },
    }),
    witness: {
      keys: reached((run) => run.program.name === 'keys' && slotEvents(run, 'run').length === 2),
      wokenTwice: reached(
        (run) => run.program.name === 'two-fences' && slotEvents(run, 'run').length === 2,
      ),
    },
    faults: [
      'poll-006-wakes-nobody',
      'poll-006-wakes-everybody',
      'poll-006-wakes-one',
      'poll-006-stays-active',
      'poll-006-keeps-the-file',
      'poll-006-keeps-the-fence',
    ],
  }),
  property({
    rules: ['POLL-007'],
    plan: `Armed on a fence that was replaced, a direction stays not ready until that one signals.
      - replaced by a later fence of its context, which signals first, and second
      - another fence comes in meanwhile`,
    programs: [
      program('new-first', {
        setup: REPLACEABLE,
        tasks: {
          A: `p = sys.poll(b, in); dmabuf.add(b, h, WRITE); l = resv.slots(b.resv); q = sys.poll(b, in)
            fence.signal(h); r = sys.poll(b, in); fence.signal(f); s = sys.poll(b, in)`,
        },
      }),
      program('old-first', {
        setup: REPLACEABLE,
        tasks: {
          A: `p = sys.poll(b, in); dmabuf.add(b, h, WRITE); l = resv.slots(b.resv); fence.signal(f)
            q = sys.poll(b, in); c = inspect.callbacks(h); fence.signal(h); s = sys.poll(b, in)`,
        },
      }),
      program('another', {
        setup: `${REPLACEABLE}; g = fence.create()`,
        tasks: {
          A: `p = sys.poll(b, in); dmabuf.add(b, h, WRITE); l = resv.slots(b.resv); fence.signal(h)
            dmabuf.add(b, g, WRITE); fence.signal(f); q = sys.poll(b, in); fence.signal(g)
            s = sys.poll(b, in)`,
        },
      }),
    ],
    holds: results({
      'new-first': { p: 'none', l: 'h/WRITE', q: 'none', r: 'none', s: 'in' },
      'old-first': { p: 'none', l: 'h/WRITE', q: 'none', c: 1, s: 'in' },
      another: { p: 'none', l: 'h/WRITE', q: 'none', s: 'in' },
    }),
    witness: { stale: reached((run) => resultNamed(run, 'r') === 'none') },
    faults: ['poll-007-looks-again-while-armed', 'poll-007-ready-once-signaled'],
  }),
  property({
    rules: ['POLL-008'],
    plan: `An armed direction keeps the buffer: it is released after the fence has signaled.
      - all descriptors closed, one direction armed and both; a signal from an interrupt
      - a close and a signal at any moment of the poll
      - control: nothing armed`,
    programs: [
      program('armed', {
        setup: pending({ f: 'WRITE' }),
        tasks: {
          A: `sys.poll(b, in); c = sys.close(b); x = inspect.isFreed(b.buffer); fence.signal(f)
            task.sleep(1); y = inspect.isFreed(b.buffer)`,
        },
      }),
      program('both', {
        setup: pending({ f: 'READ', g: 'WRITE' }),
        tasks: {
          A: `sys.poll(b, in+out); c = sys.close(b); fence.signal(f); task.sleep(1)
            x = inspect.isFreed(b.buffer); fence.signal(g); task.sleep(1)
            y = inspect.isFreed(b.buffer)`,
        },
      }),
      program('interrupt', {
        setup: `${pending({ f: 'WRITE' })}; sys.poll(b, in)`,
        tasks: { A: 'c = sys.close(b)', 'irq@A': 'fence.signal(f)' },
        teardown: 'y = inspect.isFreed(b.buffer)',
      }),
      program('meanwhile', {
        setup: pending({ f: 'WRITE' }),
        tasks: { A: 'sys.poll(b, in)', B: 'c = sys.close(b); fence.signal(f)' },
        teardown: 'y = inspect.isFreed(b.buffer)',
      }),
      program('idle', {
        setup: pending({ f: 'WRITE' }),
        tasks: { A: 'c = sys.close(b); y = inspect.isFreed(b.buffer)' },
      }),
    ],
    forbids: ['bug', 'use-after-free', 'sleep-in-atomic', 'leak', 'refcount'],
    holds: results({
      armed: { c: 0, x: false, y: true },
      both: { c: 0, x: false, y: true },
      interrupt: { c: 0, y: true },
      meanwhile: { c: 0, y: true },
      idle: { c: 0, y: true },
    }),
    witness: { kept: reached((run) => resultNamed(run, 'x') === false, 2) },
    faults: ['poll-008-no-reference', 'poll-008-taken-late', 'poll-008-dropped-when-armed'],
  }),
  property({
    rules: ['POLL-009'],
    plan: `With nothing pending a poll returns at once, wakes the others, and leaves nothing.
      - sleepers of both directions; the slot, the references, a second poll
      - two pollers at once`,
    programs: [
      program('sleepers', {
        setup: `${IDLE}; i = dmabuf.sleepOn(b, in); o = dmabuf.sleepOn(b, out)`,
        tasks: {
          A: `p = sys.poll(b, in); m = dmabuf.armed(b); n = buf.count(b)
            wi = dmabuf.woken(i); wo = dmabuf.woken(o); q = sys.poll(b, in+out, -1)
            wi2 = dmabuf.woken(i); wo2 = dmabuf.woken(o)`,
        },
      }),
      program('two-pollers', {
        setup: IDLE,
        tasks: { A: 'p = sys.poll(b, in, -1)', B: 'q = sys.poll(b, in, -1)' },
        teardown: 'm = dmabuf.armed(b); n = buf.count(b)',
      }),
    ],
    schedules: ONE_PREEMPTION,
    forbids: ['deadlock'],
    holds: results({
      sleepers: { p: 'in', m: 'none', n: 1, wi: 1, wo: 0, q: 'in+out', wi2: 2, wo2: 1 },
      'two-pollers': { p: 'in', q: 'in', m: 'none', n: 1 },
    }),
    witness: { idle: reached((run) => resultNamed(run, 'p') === 'in', 3) },
    faults: [
      'poll-009-slot-not-freed',
      'poll-009-wakes-nobody',
      'poll-009-keeps-the-file',
      'poll-009-wakes-both-directions',
    ],
  }),
];
