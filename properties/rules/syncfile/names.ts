import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed, results } from '../../check/results.ts';
import { sighted } from '../../check/sighted.ts';
import { program } from '../../programs/parse.ts';

const POINT = 't = sys.timeline(); f = sys.createFence(t, 1)';

/** Properties of names, unknown requests, and everything that other files can do. */
export const NAME_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SYNCFILE-004'],
    plan: `Without a name of its own a file is called after its fence.
      - a point, a stub, a container; a seqno beyond the signed range, a context beyond 32 bits
      - 31 bytes of a long one; the fence's name has no part in a given one`,
    programs: [
      program('points', {
        setup: 'sys.setName(prog); t = sys.timeline(); f = sys.createFence(t, 7)',
        tasks: {
          A: `a = sys.info(f); m = sys.merge(f, f, own); b = sys.info(m); sys.inc(t, 7)
            n = sys.merge(f, f); c = sys.info(n); d = sys.info(f)`,
        },
      }),
      program('numbers', {
        setup: `k = fence.create(seqno: 9223372036854775808, context: 5); f = driver.outFence(k)
          l = fence.create(seqno: 3, context: 4294967297); g = driver.outFence(l)`,
        tasks: { A: 'a = sys.info(f); b = sys.info(g)' },
      }),
      program('long', {
        setup: `sys.setName(abcdefghijklmnopq); t = sys.timeline()
          f = sys.createFence(t, 2000000000)`,
        tasks: { A: 'a = sys.info(f)' },
      }),
    ],
    holds: results({
      points: {
        a: 'sw_sync-prog1-7 0 1',
        b: 'own 0 1',
        c: 'stub-stub0-0 1 1',
        d: 'sw_sync-prog1-7 1 1',
      },
      numbers: { a: 'mock-mock5--9223372036854775808 0 1', b: 'mock-mock4294967297-3 0 1' },
      long: { a: 'sw_sync-abcdefghijklmno1-200000 0 1' },
    }),
    witness: {
      cut: reached((run) => String(resultNamed(run, 'a')).startsWith('sw_sync-abc')),
      negative: reached((run) => String(resultNamed(run, 'a')).includes('--')),
    },
    faults: [
      'syncfile-004-unsigned-seqno',
      'syncfile-004-no-context',
      'syncfile-004-own-name-second',
      'syncfile-004-not-cut',
    ],
  }),
  property({
    rules: ['SYNCFILE-005'],
    plan: `An unknown request gives -ENOTTY.
      - requests 0 to 2 of this file's magic, and 6; other sizes of known ones`,
    programs: [
      program('unknown', {
        setup: POINT,
        tasks: {
          A: `a = sys.ioctl(f, 0); b = sys.ioctl(f, 15872); c = sys.ioctl(f, 15874)
            d = sys.ioctl(f, 15878); e = sys.ioctl(f, 3223862787)`,
        },
      }),
    ],
    holds: results({ unknown: { a: -25, b: -25, c: -25, d: -25, e: -25 } }),
    witness: { refused: reached((run) => resultNamed(run, 'e') === -25) },
    faults: ['syncfile-005-invalid', 'syncfile-005-any-size'],
  }),
  property({
    rules: ['SYNCFILE-030'],
    plan: `A file can be polled, asked and closed, and nothing else; copies are the same file.
      - seeking, reading, writing, mapping, its size and its listing; requests of other files
      - a copy: its name, its fence, the one callback; it goes on when the first one is closed`,
    programs: [
      program('others', {
        setup: POINT,
        tasks: {
          A: `seek = sys.lseek(f, 0, 0); pread = sys.pread(f); pwrite = sys.pwrite(f)
            read = sys.read(f); write = sys.write(f); shared = sys.map(f, writable: true)
            mapped = sys.map(f); size = sys.size(f); lines = sys.fdinfoLines(f)
            modes = sys.modes(f); dma = sys.ioctl(f, 1074291200); point = sys.createFence(f, 1)
            inc = sys.inc(f, 1)`,
        },
      }),
      program('copy', {
        setup: `${POINT}; m = sys.merge(f, f, own); d = sys.dup(m)`,
        tasks: {
          A: `same = sys.same(m, d); i = sys.info(d); sys.poll(m, in); sys.poll(d, in)
            n = inspect.callbacks(f.fence); c = sys.close(m); p = sys.poll(d, in); sys.inc(t, 1)
            q = sys.poll(d, in); modes = sys.modes(d)`,
        },
      }),
    ],
    holds: (run) => {
      const attempts = sighted(run, 'm.file', 'attempt').length;
      if (attempts > 1) return `${attempts} attempts to install the callback`;
      return results({
        others: {
          seek: -29,
          pread: -29,
          pwrite: -29,
          read: -22,
          write: -9,
          shared: -13,
          mapped: -19,
          size: 0,
          lines: 0,
          modes: 'readOnly closeOnExec',
          dma: -25,
          point: -25,
          inc: -25,
        },
        copy: { same: 0, i: 'own 0 1', n: 1, c: 0, p: 'none', q: 'in', modes: 'readOnly' },
      })(run);
    },
    witness: {
      others: reached((run) => resultNamed(run, 'inc') === -25),
      copy: reached((run) => resultNamed(run, 'q') === 'in'),
    },
    faults: ['syncfile-030-seeks', 'syncfile-030-lists-lines', 'syncfile-030-has-a-size'],
  }),
  property({
    rules: ['SYNCFILE-031'],
    plan: `Epoll: level, edge and one-shot registrations hear of a signal as they should.
      - level at every wait, the others once; the same descriptor twice; POLLOUT, then modified
      - closing the descriptor ends a registration, unless a copy keeps the file open
      - a task waits without a time-out while the point signals`,
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 5000 }],
    programs: [
      program('kinds', {
        setup: `t = sys.timeline(); f = sys.createFence(t, 1); g = sys.createFence(t, 2)
          h = sys.createFence(t, 3); w = sys.createFence(t, 4); s = sys.epoll()`,
        tasks: {
          A: `sys.epollAdd(s, f, in); sys.epollAdd(s, g, in+edge); sys.epollAdd(s, h, in+once)
            twice = sys.epollAdd(s, f, in); sys.epollAdd(s, w, out); a = sys.epollWait(s)
            sys.inc(t, 4); b = sys.epollWait(s); c = sys.epollWait(s); d = sys.epollWait(s)
            sys.epollModify(s, w, in); e = sys.epollWait(s)`,
        },
      }),
      program('closed', {
        setup: `${POINT}; g = sys.createFence(t, 1); d = sys.dup(g); s = sys.epoll()
          sys.epollAdd(s, f, in); sys.epollAdd(s, g, in)`,
        tasks: {
          A: `sys.close(f); sys.close(g); sys.inc(t, 1); a = sys.epollWait(s); sys.close(d)
            b = sys.epollWait(s)`,
        },
      }),
      program('waiting', {
        setup: `${POINT}; s = sys.epoll(); sys.epollAdd(s, f, in)`,
        tasks: { A: 'a = sys.epollWait(s, -1)', B: 'sys.inc(t, 1)' },
      }),
      program('closing', {
        setup: `${POINT}; s = sys.epoll(); sys.epollAdd(s, f, in)`,
        tasks: { A: 'a = sys.epollWait(s, 3)', B: 'sys.close(f)', C: 'sys.inc(t, 1)' },
      }),
    ],
    forbids: ['deadlock', 'use-after-free', 'double-free', 'leak'],
    holds: (run) => {
      if (run.program.name === 'closing') return null;
      return results({
        kinds: {
          twice: -17,
          a: 'nothing',
          b: 'f:in g:in h:in',
          c: 'f:in',
          d: 'f:in',
          e: 'f:in w:in',
        },
        closed: { a: 'g:in', b: 'nothing' },
        waiting: { a: 'f:in' },
      })(run);
    },
    witness: {
      kinds: reached((run) => resultNamed(run, 'e') === 'f:in w:in'),
      heard: reached((run) => run.program.name === 'closing' && resultNamed(run, 'a') === 'f:in'),
      ended: reached(
        (run) => run.program.name === 'closing' && resultNamed(run, 'a') === 'nothing',
      ),
    },
    faults: ['syncfile-031-no-queue-for-sets', 'syncfile-031-ready-for-all'],
  }),
];
