import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { IDLE, ONE_PREEMPTION, pending, slotEvents } from '../buffer-programs.ts';
import { EVERY_RESULT } from '../every-result.ts';

/** A direction was called back while somebody slept. */
function isCalledBack(run: Run): boolean {
  return slotEvents(run, 'run').length > 0;
}

/** Sleeping for buffers, by poll and by epoll. */
export const WAITING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['POLL-012'],
    plan: `Whoever waits gets what it waits for once all fences have signaled.
      - one direction after the other, two pollers of one; two fences; a signal from an interrupt
      - an epoll set; nothing pending, and two pollers at once`,
    programs: [
      program('directions', {
        setup: pending({ f: 'WRITE', g: 'READ' }),
        tasks: {
          A: 'a = sys.poll(b, in, -1); c = sys.poll(b, out, -1)',
          B: 'fence.signal(f); fence.signal(g)',
        },
      }),
      program('same', {
        setup: pending({ f: 'WRITE' }),
        tasks: {
          A: 'a = sys.poll(b, in, -1)',
          B: 'c = sys.poll(b, in, -1)',
          C: 'fence.signal(f)',
        },
      }),
      program('idle', {
        setup: IDLE,
        tasks: { A: 'a = sys.poll(b, in, -1)', B: 'c = sys.poll(b, in, -1)' },
      }),
      program('interrupt', {
        setup: pending({ f: 'WRITE' }),
        tasks: { A: 'a = sys.poll(b, out, -1)', 'irq@A': 'fence.signal(f)' },
      }),
      program('epoll', {
        setup: `${pending({ f: 'WRITE' })}; s = sys.epoll(); sys.epollAdd(s, b, in)`,
        tasks: { A: 'a = sys.epollWait(s, -1)', B: 'fence.signal(f)' },
      }),
    ],
    schedules: ONE_PREEMPTION,
    forbids: ['deadlock'],
    holds: results({
      directions: { a: 'in', c: 'out' },
      idle: { a: 'in', c: 'in' },
      same: { a: 'in', c: 'in' },
      interrupt: { a: 'out' },
      epoll: { a: 'b:in' },
    }),
    witness: {
      directions: reached((run) => run.program.name === 'directions' && isCalledBack(run)),
      same: reached((run) => run.program.name === 'same' && isCalledBack(run)),
      interrupt: reached((run) => run.program.name === 'interrupt' && isCalledBack(run)),
      epoll: reached((run) => run.program.name === 'epoll' && isCalledBack(run)),
    },
    faults: [
      'poll-006-wakes-nobody',
      'poll-009-slot-not-freed',
      'poll-012-wakes-before-it-is-free',
      'poll-013-joins-late',
    ],
  }),
  property({
    rules: ['POLL-013'],
    plan: `A poller joins the queue before it looks at the fences.
      - a signal at any moment of a poll without a time-out; nothing pending at all`,
    programs: [
      program('signal', {
        setup: pending({ f: 'WRITE' }),
        tasks: { A: 'a = sys.poll(b, in, -1)', B: 'fence.signal(f)' },
      }),
      program('idle', { setup: IDLE, tasks: { A: 'a = sys.poll(b, in, -1)' } }),
    ],
    schedules: EVERY_RESULT,
    forbids: ['deadlock'],
    holds: results({ signal: { a: 'in' }, idle: { a: 'in' } }),
    witness: { woken: reached(isCalledBack) },
    faults: ['poll-013-joins-late'],
  }),
  property({
    rules: ['POLL-014'],
    plan: `Adding and changing an epoll watch, and each look at it, is an ordinary poll.
      - references and armed directions after adding, changing, waiting, and removing
      - the next fence is armed when the set is looked at again`,
    programs: [
      program('watch', {
        setup: `${pending({ f: 'WRITE', g: 'READ' })}; s = sys.epoll()`,
        tasks: {
          A: `sys.epollAdd(s, b, in); m1 = dmabuf.armed(b); n1 = buf.count(b)
            sys.epollModify(s, b, in+out); m2 = dmabuf.armed(b); n2 = buf.count(b)
            w = sys.epollWait(s, 0); fence.signal(f); m3 = dmabuf.armed(b)
            w2 = sys.epollWait(s, 0); m4 = dmabuf.armed(b); c = inspect.callbacks(g)
            sys.epollRemove(s, b); m5 = dmabuf.armed(b); n5 = buf.count(b)
            fence.signal(g); m6 = dmabuf.armed(b); n6 = buf.count(b)`,
        },
      }),
    ],
    holds: results({
      watch: {
        m1: 'in',
        n1: 2,
        m2: 'in+out',
        n2: 3,
        w: 'nothing',
        m3: 'none',
        w2: 'b:in',
        m4: 'out',
        c: 1,
        m5: 'out',
        n5: 2,
        m6: 'none',
        n6: 1,
      },
    }),
    witness: { rearmed: reached((run) => resultNamed(run, 'm4') === 'out') },
    faults: ['poll-014-arms-for-sleepers-only'],
  }),
  property({
    rules: ['POLL-015'],
    plan: `On an idle buffer a look at a watch makes it pending again.
      - edge-triggered: reported by each of three waits; one-shot: by one
      - a poll by somebody else makes watches of that direction pending, and no others`,
    programs: [
      program('edge', {
        setup: `${IDLE}; s = sys.epoll(); sys.epollAdd(s, b, in+edge)`,
        tasks: {
          A: 'w1 = sys.epollWait(s, 0); w2 = sys.epollWait(s, 0); w3 = sys.epollWait(s, 0)',
        },
      }),
      program('one-shot', {
        setup: `${IDLE}; s = sys.epoll(); sys.epollAdd(s, b, in+once)`,
        tasks: { A: 'w1 = sys.epollWait(s, 0); w2 = sys.epollWait(s, 0)' },
      }),
      program('somebody-else', {
        setup: `${pending({ f: 'READ' })}; s = sys.epoll(); t = sys.epoll()
          sys.epollAdd(s, b, out+edge); sys.epollAdd(t, b, in+edge); sys.epollWait(t, 0)`,
        tasks: {
          A: `w1 = sys.epollWait(s, 0); p = sys.poll(b, in); w2 = sys.epollWait(s, 0)
            v1 = sys.epollWait(t, 0); fence.signal(f); w3 = sys.epollWait(s, 0)`,
        },
      }),
    ],
    holds: results({
      edge: { w1: 'b:in', w2: 'b:in', w3: 'b:in' },
      'one-shot': { w1: 'b:in', w2: 'nothing' },
      'somebody-else': { w1: 'nothing', p: 'in', w2: 'nothing', v1: 'b:in', w3: 'b:out' },
    }),
    witness: { thrice: reached((run) => resultNamed(run, 'w3') === 'b:in') },
    faults: ['poll-009-wakes-nobody'],
  }),
  property({
    rules: ['POLL-016'],
    plan: `A watch lives as long as the open file does.
      - the descriptor of the watch closed: another descriptor, a mapping, an armed direction keeps
        the file; then these go, too`,
    programs: [
      program('copy', {
        setup: `${IDLE}; s = sys.epoll(); sys.epollAdd(s, b, in); d = sys.dup(b); sys.close(b)`,
        tasks: {
          A: 'w1 = sys.epollWait(s, 0); sys.close(d); w2 = sys.epollWait(s, 0)',
        },
      }),
      program('mapping', {
        setup: `${IDLE}; s = sys.epoll(); sys.epollAdd(s, b, in); m = sys.mmap(b); sys.close(b)`,
        tasks: {
          A: 'w1 = sys.epollWait(s, 0); sys.munmap(m); w2 = sys.epollWait(s, 0)',
        },
      }),
      program('armed', {
        setup: `${pending({ f: 'READ', g: 'WRITE' })}; s = sys.epoll(); sys.epollAdd(s, b, in+out)
          sys.close(b)`,
        tasks: {
          A: `fence.signal(g); w1 = sys.epollWait(s, 0); fence.signal(f); task.sleep(1)
            w2 = sys.epollWait(s, 0)`,
        },
      }),
    ],
    forbids: ['use-after-free', 'bug', 'leak'],
    holds: results({
      copy: { w1: 'b:in', w2: 'nothing' },
      mapping: { w1: 'b:in', w2: 'nothing' },
      armed: { w1: 'b:in', w2: 'nothing' },
    }),
    witness: { outlives: reached((run) => resultNamed(run, 'w1') === 'b:in', 3) },
    faults: ['poll-008-no-reference', 'poll-016-silent-without-descriptor'],
  }),
];
