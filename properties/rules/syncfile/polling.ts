import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed, results } from '../../check/results.ts';
import { sighted } from '../../check/sighted.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const POINT = 't = sys.timeline(); f = sys.createFence(t, 1)';

/** One attempt in the life of the file, made by whoever polled first. */
function attemptsOnce(run: Run): string | null {
  const attempts = sighted(run, 'f.file', 'attempt').length;
  return attempts === 1 ? null : `${attempts} attempts to install the callback`;
}

/** A second poller looked while the first had not got its callback in yet. */
function looksInBetween(run: Run): boolean {
  const [attempt] = sighted(run, 'f.file', 'attempt');
  const [end] = [...sighted(run, 'f.file', 'watch'), ...sighted(run, 'f.file', 'refused')];
  return sighted(run, 'f.file', 'poll').some(
    ({ step, task }) =>
      step > (attempt?.step ?? Infinity) && step < (end?.step ?? 0) && task !== attempt?.task,
  );
}

/** The task slept when the fence signaled: it had polled before, and polled again behind. */
function sleptThrough(run: Run, task: string): boolean {
  const [signal] = sighted(run, 'f.fence', 'signal');
  const polls = sighted(run, 'f.file', 'poll').filter((poll) => poll.task === task);
  const isBefore = polls[0] !== undefined && polls[0].step < (signal?.step ?? 0);
  return isBefore && polls.some(({ step, result }) => step > (signal?.step ?? 0) && result === 1);
}

/** Properties of polling. */
export const POLLING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SYNCFILE-011'],
    plan: `A poll reports POLLIN when the fence is done, else nothing, and never another bit.
      - pending, done, failed; asked for every bit, for POLLOUT alone, for nothing`,
    programs: [
      program('done', {
        setup: POINT,
        tasks: {
          A: `a = sys.poll(f, all); sys.inc(t, 1); b = sys.poll(f, all); c = sys.poll(f, out)
            d = sys.poll(f, none); e = sys.poll(f, in); g = sys.poll(f, out, 2)`,
        },
      }),
      program('failed', {
        setup: `${POINT}; sys.close(t)`,
        tasks: {
          A: 's = sys.info(f); b = sys.poll(f, all); c = sys.poll(f, out); d = sys.poll(f, err)',
        },
      }),
    ],
    holds: results({
      done: { a: 'none', b: 'in', c: 'none', d: 'none', e: 'in', g: 'none' },
      failed: { s: 'sw_sync-init1-1 -2 1', b: 'in', c: 'none', d: 'none' },
    }),
    witness: {
      pending: reached((run) => resultNamed(run, 'a') === 'none'),
      failed: reached((run) => run.program.name === 'failed' && resultNamed(run, 'b') === 'in'),
    },
    faults: [
      'syncfile-011-tells-of-errors',
      'syncfile-011-writable',
      'syncfile-011-normal-data',
      'syncfile-011-failed-is-not-ready',
    ],
  }),
  property({
    rules: ['SYNCFILE-012'],
    plan: `The first poll tries to install the only callback, no later one does, and nothing else.
      - polls for POLLOUT, for nothing, for all; an epoll set; two tasks at once
      - the fence has signaled before; information, merge, deadline, copy enable nothing`,
    programs: [
      program('polls', {
        setup: POINT,
        tasks: {
          A: `sys.poll(f, out); n1 = inspect.callbacks(f.fence); sys.poll(f, all); sys.poll(f, in, 3)
            n = inspect.callbacks(f.fence); e = inspect.isEnabled(f.fence)`,
        },
      }),
      program('epoll', {
        setup: `${POINT}; s = sys.epoll()`,
        tasks: {
          A: `sys.epollAdd(s, f, out); n1 = inspect.callbacks(f.fence); sys.poll(f, in)
            n = inspect.callbacks(f.fence); e = inspect.isEnabled(f.fence)`,
        },
      }),
      program('too-late', {
        setup: `${POINT}; sys.inc(t, 1)`,
        tasks: {
          A: `sys.poll(f, in); n1 = inspect.callbacks(f.fence); sys.poll(f, in); sys.poll(f, in)
            n = inspect.callbacks(f.fence); e = inspect.isEnabled(f.fence)`,
        },
      }),
      program('after', {
        setup: POINT,
        tasks: { A: 'sys.poll(f, in); sys.inc(t, 1); sys.poll(f, in); sys.poll(f, in)' },
      }),
      program('two-tasks', {
        setup: POINT,
        tasks: { A: 'sys.poll(f, in)', B: 'sys.poll(f, in)', C: 'sys.inc(t, 1)' },
      }),
      program('others', {
        setup: POINT,
        tasks: {
          A: `sys.info(f); sys.info(f, 1); m = sys.merge(f, f); sys.deadline(f, 5); d = sys.dup(f)
            sys.close(d); n = inspect.callbacks(f.fence); e = inspect.isEnabled(f.fence)`,
        },
      }),
    ],
    holds: (run) => {
      const { name } = run.program;
      if (name === 'others') return results({ others: { n: 0, e: false } })(run);
      const message = attemptsOnce(run);
      if (message !== null || name === 'after' || name === 'two-tasks') return message;
      const isLate = name === 'too-late';
      const n = isLate ? 0 : 1;
      return results({ [name]: { n1: n, n, e: !isLate } })(run);
    },
    witness: {
      twoTasks: reached(looksInBetween),
      refused: reached((run) => sighted(run, 'f.file', 'refused').length > 0, 2),
      others: reached((run) => resultNamed(run, 'e') === false, 2),
    },
    faults: [
      'syncfile-012-again-when-unlinked',
      'syncfile-012-only-for-sleepers',
      'syncfile-012-information-enables',
    ],
  }),
  property({
    rules: ['SYNCFILE-013'],
    plan: `A poller who saw that the callback was tried is woken when it is then refused.
      - two pollers without a time-out and one signal, at any moment`,
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 5000 }],
    programs: [
      program('refused', {
        setup: POINT,
        tasks: { A: 'a = sys.poll(f, in, -1)', B: 'b = sys.poll(f, in, -1)', C: 'sys.inc(t, 1)' },
      }),
    ],
    forbids: ['deadlock'],
    holds: results({ refused: { a: 'in', b: 'in' } }),
    witness: {
      refusedBehindAPoll: reached(
        (run) => looksInBetween(run) && sighted(run, 'f.file', 'refused').length > 0,
      ),
    },
    faults: ['syncfile-013-wakes-nobody'],
  }),
  property({
    rules: ['SYNCFILE-014'],
    plan: `Whoever sleeps for a file wakes up when its fence signals.
      - the timeline advances, the timeline is closed; one file, two files over one fence
      - one call for two files; a sleeper who wants POLLOUT alone runs into the time-out
      - a second poll, which finds the callback installed, where stores are seen late`,
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 5000 }],
    programs: [
      program('advance', {
        setup: POINT,
        tasks: { A: 'a = sys.poll(f, in, -1)', B: 'sys.inc(t, 1)' },
      }),
      program('close', {
        setup: POINT,
        tasks: { A: 'a = sys.poll(f, in, -1)', B: 'sys.close(t)' },
      }),
      program('two-files', {
        setup: `${POINT}; g = sys.merge(f, f)`,
        tasks: { A: 'a = sys.poll(f, in, -1)', B: 'b = sys.poll(g, in, -1)', C: 'sys.inc(t, 1)' },
      }),
      program('both', {
        setup: `${POINT}; g = sys.createFence(t, 2)`,
        tasks: { A: 'a = sys.pollMany([f, g], in, -1)', B: 'sys.inc(t, 1)' },
      }),
      program('writable', {
        setup: POINT,
        tasks: { A: 'a = sys.poll(f, out, 5)', B: 'sys.inc(t, 1)' },
      }),
      program('again-late', {
        world: { memory: 'tso' },
        setup: `${POINT}; sys.poll(f, in, 0)`,
        tasks: { A: 'a = sys.poll(f, in, -1)', B: 'sys.inc(t, 1)' },
      }),
    ],
    forbids: ['deadlock', 'refinement'],
    holds: results({
      advance: { a: 'in' },
      close: { a: 'in' },
      'two-files': { a: 'in', b: 'in' },
      both: { a: '1: in none' },
      writable: { a: 'none' },
      'again-late': { a: 'in' },
    }),
    witness: {
      woken: reached((run) => run.program.name === 'advance' && sleptThrough(run, 'A')),
      closed: reached((run) => run.program.name === 'close' && sleptThrough(run, 'A')),
      both: reached((run) => run.program.name === 'both' && sleptThrough(run, 'A')),
    },
    faults: [
      'BUG-SYNCFILE-03',
      'syncfile-014-wakes-nobody',
      'syncfile-014-no-queue',
      'syncfile-014-sleepers-without-barrier',
    ],
  }),
  property({
    rules: ['SYNCFILE-029'],
    plan: `A signal wakes every sleeper and every registration, whatever they wait for.
      - a sleeper for POLLOUT polls once more when the fence signals, then sleeps on
      - a registration for POLLOUT makes its set look again, and report nothing`,
    programs: [
      program('sleeper', {
        setup: POINT,
        tasks: { A: 'a = sys.poll(f, out, 5)', B: 'sys.inc(t, 1)' },
      }),
      program('registration', {
        setup: `${POINT}; s = sys.epoll(); sys.epollAdd(s, f, out)`,
        tasks: { A: 'a = sys.epollWait(s, 5)', B: 'sys.inc(t, 1)' },
      }),
    ],
    holds: (run) => {
      const polls = sighted(run, 'f.file', 'poll').filter(({ task }) => task === 'A');
      const [signal] = sighted(run, 'f.fence', 'signal');
      const isAsleep = run.program.name === 'sleeper' ? sleepsFor(polls, signal?.step) : true;
      const wanted = run.program.name === 'sleeper' ? 3 : 1;
      if (isAsleep && polls.length < wanted) return `A has polled ${polls.length} times only`;
      const expected = { sleeper: { a: 'none' }, registration: { a: 'nothing' } };
      return results(expected)(run);
    },
    witness: {
      sleeper: reached((run) => sighted(run, 'f.file', 'poll').length === 3),
      registration: reached(
        (run) =>
          run.program.name === 'registration' &&
          sighted(run, 'f.file', 'poll').some(({ task }) => task === 'A'),
      ),
    },
    faults: ['syncfile-029-wakes-readers'],
  }),
];

/** The first poll came before the signal, and so the second is due to the wake-up. */
function sleepsFor(polls: readonly { step: number }[], signalStep = 0): boolean {
  return polls[0] !== undefined && polls[0].step < signalStep;
}
