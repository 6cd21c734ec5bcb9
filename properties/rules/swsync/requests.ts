import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed, results } from '../../check/results.ts';
import { callOf, overlap } from '../../check/sighted.ts';
import { program } from '../../programs/parse.ts';
import { EVERY_RESULT } from '../every-result.ts';

const TIMELINE = 't = sys.timeline()';
const POINT = `${TIMELINE}; f = sys.createFence(t, 3)`;
const HEAD = 'objs:\n--------------\n';
const TAIL = 'fences:\n--------------\n';
const ENOMEM = -12;

/** Properties of timelines as files, and of the debug listing. */
export const REQUEST_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SWSYNC-001'],
    plan: `Each open makes a timeline of its own: new context, value 0, named after the task.
      - two opens; a long name, a task that renames itself later; no memory`,
    programs: [
      program('two', {
        tasks: {
          A: `sys.setName(abcdefghijklmnopq); t = sys.timeline(); sys.setName(other)
            u = sys.timeline(); f = sys.createFence(t, 1); g = sys.createFence(u, 1)
            a = sys.info(f); b = sys.info(g); v = timeline.value(t); w = timeline.value(u)
            l = sys.swSyncInfo(); sys.close(f); sys.close(g); m = sys.swSyncInfo()`,
        },
      }),
      program('memory', {
        world: { failuresMax: 1 },
        tasks: { A: 'before = sys.nextNumber(); t = sys.timeline(); after = sys.nextNumber()' },
      }),
    ],
    forbids: ['leak'],
    holds: (run) => {
      if (run.program.name === 'memory') {
        const isMade = run.world.failuresLeft === 1;
        return results({ memory: { t: isMade ? 0 : ENOMEM, after: isMade ? 1 : 0 } })(run);
      }
      const long = 'abcdefghijklmno';
      const l = `${HEAD}${long}: 0\n  fence active: 1 / 0\n\nother: 0\n  fence active: 1 / 0\n\n${TAIL}`;
      const m = `${HEAD}${long}: 0\n\nother: 0\n\n${TAIL}`;
      const a = `sw_sync-${long}1-1 0 1`;
      return results({ two: { a, b: 'sw_sync-other2-1 0 1', v: 0, w: 0, l, m } })(run);
    },
    witness: {
      two: reached((run) => resultNamed(run, 'w') === 0),
      withoutMemory: reached((run) => resultNamed(run, 't') === ENOMEM),
    },
    faults: ['swsync-001-one-context', 'swsync-001-starts-later', 'swsync-001-named-anew'],
  }),
  property({
    rules: ['SWSYNC-002'],
    plan: `An unknown request gives -ENOTTY.
      - numbers 3 and 9 of the magic, 0 altogether, the right number with another size`,
    programs: [
      program('unknown', {
        setup: TIMELINE,
        tasks: {
          A: `a = sys.ioctl(t, 22275); b = sys.ioctl(t, 22281); c = sys.ioctl(t, 0)
            d = sys.ioctl(t, 22273)`,
        },
      }),
    ],
    holds: results({ unknown: { a: -25, b: -25, c: -25, d: -25 } }),
    witness: { refused: reached((run) => resultNamed(run, 'd') === -25) },
    faults: ['swsync-002-invalid'],
  }),
  property({
    rules: ['SWSYNC-017'],
    plan: `A point keeps the earliest deadline, also after it has signaled.
      - 9, 5, 7; a hint that comes too late; two tasks at once; 0, which is a deadline like others
      - somebody asks for it meanwhile, and takes the lock for that, too
      - a hint that comes in an interrupt, which stays closed to others`,
    programs: [
      program('earliest', {
        setup: POINT,
        tasks: {
          A: `sys.deadline(f, 9); a = sys.getDeadline(t, f); sys.deadline(f, 5)
            b = sys.getDeadline(t, f); sys.deadline(f, 7); c = sys.getDeadline(t, f)
            sys.inc(t, 3); d = sys.getDeadline(t, f); sys.deadline(f, 1)
            e = sys.getDeadline(t, f)`,
        },
      }),
      program('zero', {
        setup: POINT,
        tasks: { A: 'sys.deadline(f, 0); sys.deadline(f, 5); z = sys.getDeadline(t, f)' },
      }),
      program('in-an-interrupt', {
        setup: POINT,
        tasks: { irq: 'fence.setDeadline(f.fence, 5)' },
        teardown: 'i = sys.getDeadline(t, f)',
      }),
      program('tasks', {
        setup: POINT,
        tasks: { A: 'sys.deadline(f, 5)', B: 'sys.deadline(f, 7)', C: 'sys.deadline(f, 9)' },
        teardown: 'e = sys.getDeadline(t, f)',
      }),
      program('asked', {
        setup: `${POINT}; sys.deadline(f, 9)`,
        tasks: { A: 'sys.deadline(f, 5)', B: 'b = sys.getDeadline(t, f)' },
        teardown: 'e = sys.getDeadline(t, f)',
      }),
    ],
    forbids: ['races', 'lock-misuse'],
    holds: (run) =>
      results({
        earliest: { a: '9', b: '5', c: '5', d: '5', e: '5' },
        zero: { z: '0' },
        'in-an-interrupt': { i: '5' },
        tasks: { e: '5' },
        asked: { b: resultNamed(run, 'b') === '9' ? '9' : '5', e: '5' },
      })(run),
    witness: {
      late: reached((run) => run.program.name === 'earliest' && resultNamed(run, 'e') === '5'),
      tasks: reached(
        (run) => overlap(callOf(run, 'A', 'sys.deadline'), callOf(run, 'B', 'sys.deadline')),
        50,
      ),
    },
    faults: [
      'swsync-017-latest',
      'swsync-017-zero-is-none',
      'swsync-017-enables-interrupts',
      'swsync-017-without-lock',
      'swsync-017-forgets',
      'swsync-017-asked-without-lock',
    ],
  }),
  property({
    rules: ['SWSYNC-018'],
    plan: `GET_DEADLINE: of several mistakes the first is reported; else the earliest deadline.
      - unreadable; an input deadline, pad; no sync_file; no bare point: an array, a stub
      - never set, on a pending and on a signaled point; unwritable
      - a point of another timeline; a merged file that is one bare point`,
    programs: [
      program('refused', {
        setup: `${POINT}; u = sys.timeline(); g = sys.createFence(u, 1); m = sys.merge(f, g)
          z = sys.createFence(t, 0); s = sys.merge(z, z); sys.deadline(g, 4)`,
        tasks: {
          A: `bad = sys.getDeadline(t, -1, memory: bad); value = sys.getDeadline(t, g, 5)
            pad = sys.getDeadline(t, g, pad: 1); none = sys.getDeadline(t, -1)
            other = sys.getDeadline(t, t); array = sys.getDeadline(t, m)
            stub = sys.getDeadline(t, s); unset = sys.getDeadline(t, f, memory: readOnly)
            done = sys.getDeadline(t, z); told = sys.getDeadline(t, g, memory: readOnly)`,
        },
      }),
      program('told', {
        setup: `${POINT}; u = sys.timeline(); g = sys.createFence(u, 1); m = sys.merge(g, g)
          sys.deadline(g, 4)`,
        tasks: {
          A: 'foreign = sys.getDeadline(t, g); merged = sys.getDeadline(t, m)',
        },
      }),
    ],
    forbids: ['leak', 'refcount'],
    holds: results({
      refused: {
        bad: -14,
        value: -22,
        pad: -22,
        none: -22,
        other: -22,
        array: -22,
        stub: -22,
        unset: -2,
        done: -2,
        told: -14,
      },
      told: { foreign: '4', merged: '4' },
    }),
    witness: {
      refused: reached((run) => resultNamed(run, 'told') === -14),
      told: reached((run) => resultNamed(run, 'merged') === '4'),
    },
    faults: [
      'swsync-018-zero-when-unset',
      'swsync-018-own-timeline-only',
      'swsync-018-ignores-pad',
      'swsync-018-bad-descriptor',
    ],
  }),
  property({
    rules: ['SWSYNC-019'],
    plan: `Points are numbered without a sign, timelines are printed with one.
      - the value 2^31 and the point behind it: file name, record, listing`,
    programs: [
      program('names', {
        setup: `${TIMELINE}; sys.inc(t, 2147483648)`,
        tasks: {
          A: `f = sys.createFence(t, 2147483649); a = sys.info(f, 1); g = sys.createFence(t, 1)
            b = sys.info(g); h = sys.createFence(t, 4294967295); c = sys.info(h)
            l = sys.swSyncInfo()`,
        },
      }),
    ],
    forbids: ['refinement'],
    holds: (run) => {
      const min = -2147483648;
      const points = [2147483649, 4294967295].map((value) => `  fence active: ${value} / ${min}\n`);
      return results({
        names: {
          a: 'sw_sync-init1-2147483649 0 1 | sw_sync init 0 0',
          b: 'sw_sync-init1-1 1 1',
          c: 'sw_sync-init1-4294967295 0 1',
          l: `${HEAD}init: ${min}\n${points.join('')}\n${TAIL}`,
        },
      })(run);
    },
    witness: { listed: reached((run) => String(resultNamed(run, 'l')).includes('-2147483648')) },
    faults: ['swsync-019-signed-points', 'swsync-019-other-driver', 'swsync-019-unsigned-timeline'],
  }),
  property({
    rules: ['SWSYNC-023'],
    plan: `The listing shows every timeline that lives, and the points that wait on it.
      - active and failed points, several timelines, closed ones; signaled points never appear
      - a listing keeps interrupts off until its end: meanwhile one drops the last point
      - the last references on point and timeline go while they are listed
      - two timelines are opened at once`,
    programs: [
      program('text', {
        setup: `${TIMELINE}; f = sys.createFence(t, 3); g = sys.createFence(t, 2)
          u = sys.timeline(); h = sys.createFence(u, 7); z = sys.createFence(u, 0)`,
        tasks: {
          A: `a = sys.swSyncInfo(); sys.inc(t, 2); b = sys.swSyncInfo(); sys.close(u)
            c = sys.swSyncInfo(); sys.close(h); sys.close(z); d = sys.swSyncInfo(); sys.close(t)
            sys.close(f); sys.close(g); e = sys.swSyncInfo()`,
        },
      }),
      program('interrupt', {
        setup: `${POINT}; u = sys.timeline(); h = sys.createFence(u, 7); k = driver.inFence(h)
          sys.close(h); sys.close(u)`,
        tasks: { A: 'l = sys.swSyncInfo()', 'irq@A': 'fence.put(k)' },
      }),
      program('dying', {
        setup: POINT,
        tasks: { A: 'l = sys.swSyncInfo()', B: 'sys.close(f)', C: 'sys.close(t)' },
      }),
      program('opened', { tasks: { A: 't = sys.timeline()', B: 'u = sys.timeline()' } }),
    ],
    schedules: EVERY_RESULT,
    forbids: ['lockdep', 'deadlock', 'use-after-free', 'refcount', 'leak', 'refinement', 'races'],
    holds: (run) => {
      if (run.program.name !== 'text') return null;
      const failed = '  fence error@1.000000000: 7 / 0\n';
      const active = '  fence active: 3 / 2\n';
      const waiting = '  fence active: 2 / 0\n  fence active: 3 / 0\n';
      return results({
        text: {
          a: `${HEAD}init: 0\n${waiting}\ninit: 0\n  fence active: 7 / 0\n\n${TAIL}`,
          b: `${HEAD}init: 2\n${active}\ninit: 0\n  fence active: 7 / 0\n\n${TAIL}`,
          c: `${HEAD}init: 2\n${active}\ninit: 0\n${failed}\n${TAIL}`,
          d: `${HEAD}init: 2\n${active}\n${TAIL}`,
          e: `${HEAD}${TAIL}`,
        },
      })(run);
    },
    witness: {
      text: reached((run) => resultNamed(run, 'e') === `${HEAD}${TAIL}`),
      during: reached((run) => {
        const put = run.calls.find(({ task }) => task.startsWith('irq'));
        const list = run.calls.find(({ call }) => call.out === 'l');
        return (put?.begin ?? 0) > (list?.begin ?? 0) && put?.end !== null;
      }),
    },
    faults: [
      'BUG-SWSYNC-04',
      'swsync-023-lists-the-dying',
      'swsync-023-newest-first',
      'swsync-023-no-time',
      'swsync-023-only-open',
      'swsync-023-added-without-lock',
    ],
  }),
  property({
    rules: ['SWSYNC-025'],
    plan: `A timeline is always ready, in no epoll set, and knows no requests but its own.
      - reading, writing, seeking, plain and positioned; requests of sync_files on it, and back`,
    programs: [
      program('others', {
        setup: `${POINT}; s = sys.epoll()`,
        tasks: {
          A: `a = sys.poll(t, in+out); sys.inc(t, 9); b = sys.poll(t, in+out, -1)
            epoll = sys.epollAdd(s, t, in); read = sys.read(t); write = sys.write(t)
            pread = sys.pread(t); pwrite = sys.pwrite(t); seek = sys.lseek(t)
            merge = sys.merge(t, f); info = sys.info(t); deadline = sys.deadline(t, 1)
            inc = sys.inc(f, 1); modes = sys.modes(t)`,
        },
      }),
    ],
    holds: results({
      others: {
        a: 'in+out',
        b: 'in+out',
        epoll: -1,
        read: -22,
        write: -22,
        pread: -22,
        pwrite: -22,
        seek: -29,
        merge: -25,
        info: -25,
        deadline: -25,
        inc: -25,
        modes: 'readWrite closeOnExec',
      },
    }),
    witness: { others: reached((run) => resultNamed(run, 'inc') === -25) },
    faults: ['swsync-025-polls', 'swsync-025-seeks', 'swsync-025-answers-files'],
  }),
];
