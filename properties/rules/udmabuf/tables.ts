import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const ENOMEM = -12;
const EBUSY = -16;
const EINVAL = -22;
const EIO = -5;

/** A file of four pages, the first byte of page n being n + 1. */
const FILLED = `m = sys.memfd(16384, shrink); sys.put(m, 0, 1); sys.put(m, 4096, 2)
  sys.put(m, 8192, 3); sys.put(m, 12288, 4)`;

/** Maps, unmaps and maintenance of tables, as `map 0, cpu 2`. */
function ledger(run: Run): string {
  const words: Readonly<Record<string, string>> = {
    dma_map_sg: 'map',
    dma_unmap_sg: 'unmap',
    dma_sync_sg_for_cpu: 'cpu',
    dma_sync_sg_for_device: 'device',
  };
  const parts = run.sightings.map(({ name, detail }) => {
    const word = words[name];
    return word === undefined ? '' : `${word} ${detail}`;
  });
  return parts.filter((part) => part !== '').join(', ');
}

/** Every table is unmapped once, in the direction in which it was mapped. */
function balanced(run: Run): string | null {
  const mapped = new Map<object, number>();
  for (const { name, object, detail } of run.sightings) {
    if (name === 'dma_map_sg') mapped.set(object, detail);
    if (name !== 'dma_unmap_sg') continue;
    if (mapped.get(object) !== detail) {
      return `${object.label} is unmapped as ${detail}, mapped as ${mapped.get(object) ?? 'never'}`;
    }
    mapped.delete(object);
  }
  return mapped.size === 0 ? null : 'a table stays mapped';
}

/** Three attachments, each with its own table. */
const pairs = both(
  results({
    pairs: {
      t1: 't1',
      t2: 't1',
      t3: EBUSY,
      t4: EBUSY,
      u1: 'u1',
      u2: 'u1',
      u3: 'u1',
      v1: 'v1',
      v2: EBUSY,
    },
  }),
  (run) => {
    const wanted = 'map 1, map 0, map 2, unmap 1, unmap 0, unmap 2';
    return ledger(run) === wanted ? null : `it does ${ledger(run)}`;
  },
);

/** Tables for devices, and brackets. */
export const TABLE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['UDMABUF-015'],
    plan: `The first begin makes a table and keeps it, all sync it for the CPU.
      - three brackets in different directions; the table goes with the buffer, as it was mapped
      - a first begin that fails, and the next one; two first begins at once`,
    programs: [
      program('brackets', {
        setup: `${FILLED}; u = udmabuf.create(m, 0, 8192)`,
        tasks: {
          A: `a = dmabuf.sync(u, read); b = dmabuf.sync(u, write); c = dmabuf.sync(u, read+write)
            e = dmabuf.sync(u, write+end); sys.close(u)`,
        },
      }),
      program('fails', {
        world: { failuresMax: 1 },
        setup: `${FILLED}; u = udmabuf.create(m, 0, 8192)`,
        tasks: { A: 'x = dmabuf.sync(u, write); y = dmabuf.sync(u, read); sys.close(u)' },
      }),
      program('fails-and-goes', {
        world: { failuresMax: 1 },
        setup: `${FILLED}; u = udmabuf.create(m, 0, 8192)`,
        tasks: { A: 'x = dmabuf.sync(u, write); sys.close(u)' },
      }),
      program('two-first', {
        setup: `${FILLED}; u = udmabuf.create(m, 0, 8192)`,
        tasks: { A: 'p = dmabuf.sync(u, read)', B: 'q = dmabuf.sync(u, read)' },
        teardown: 'sys.close(u)',
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 1000 }],
    forbids: ['leak', 'double-free', 'use-after-free', 'bug', 'races'],
    holds: both(balanced, (run) => {
      const { name } = run.program;
      const seen = ledger(run);
      if (name.startsWith('fails')) {
        const first = resultNamed(run, 'x');
        if (first !== 0 && first !== ENOMEM && first !== EIO) return `it returns ${String(first)}`;
        if (name === 'fails-and-goes') return null;
        const second = resultNamed(run, 'y');
        if (first !== 0 && second !== 0) return `the second begin returns ${String(second)}`;
        const direction = first === 0 ? 1 : 2;
        return seen.startsWith(`map ${direction}, cpu ${direction}`) ? null : `it does ${seen}`;
      }
      const wanted: Readonly<Record<string, string>> = {
        brackets: 'map 2, cpu 2, cpu 1, cpu 0, device 1, unmap 2',
        'two-first': 'map 2, cpu 2, cpu 2, unmap 2',
      };
      if (seen !== wanted[name]) return `${name}: ${seen}`;
      return results({ brackets: { a: 0, b: 0, c: 0, e: 0 }, 'two-first': { p: 0, q: 0 } })(run);
    }),
    witness: {
      kept: reached((run) => resultNamed(run, 'c') === 0),
      fails: reached((run) => resultNamed(run, 'x') === EIO),
      again: reached((run) => resultNamed(run, 'x') === ENOMEM && resultNamed(run, 'y') === 0),
    },
    faults: [
      'BUG-UDMABUF-03',
      'BUG-UDMABUF-04',
      'KERN-UDMABUF-01',
      'udmabuf-015-table-for-each',
      'udmabuf-015-no-sync-of-the-first',
    ],
  }),
  property({
    rules: ['UDMABUF-016'],
    plan: `An end before any begin is refused; behind one it always syncs for the device.
      - ends first, ends without begin between, in every direction
      - a begin that failed does not count, one that was interrupted while it waited does
      - the first begin, and an end beside it`,
    programs: [
      program('ends', {
        setup: `${FILLED}; u = udmabuf.create(m, 0, 8192)`,
        tasks: {
          A: `a = dmabuf.sync(u, read+end); b = dmabuf.sync(u, read); c = dmabuf.sync(u, write+end)
            d = dmabuf.sync(u, read+write+end); e = dmabuf.sync(u, read+end)`,
        },
      }),
      program('failed', {
        world: { failuresMax: 1 },
        setup: `${FILLED}; u = udmabuf.create(m, 0, 8192)`,
        tasks: { A: 'x = dmabuf.sync(u, read); y = dmabuf.sync(u, read+end)' },
      }),
      program('interrupted', {
        setup: `${FILLED}; u = udmabuf.create(m, 0, 8192); f = fence.create()
          dmabuf.add(u, f, WRITE)`,
        tasks: {
          A: 's = dmabuf.sync(u, read); t = dmabuf.sync(u, read+end)',
          B: 'task.sleep(5); task.interrupt(A)',
        },
      }),
      program('beside', {
        setup: `${FILLED}; u = udmabuf.create(m, 0, 8192)`,
        tasks: { A: 'dmabuf.sync(u, read)', B: 'v = dmabuf.sync(u, read+end)' },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 200 }],
    forbids: ['races', 'locking'],
    holds: (run) => {
      const { name } = run.program;
      if (name === 'beside') {
        const end = resultNamed(run, 'v');
        return end === 0 || end === EINVAL ? null : `an end gives ${String(end)}`;
      }
      if (name === 'failed') {
        const isBegun = resultNamed(run, 'x') === 0;
        return resultNamed(run, 'y') === (isBegun ? 0 : EINVAL) ? null : 'an end is wrong';
      }
      const wanted: Readonly<Record<string, string>> = {
        ends: 'map 2, cpu 2, device 1, device 0, device 2, unmap 2',
        interrupted: 'map 2, cpu 2, device 2, unmap 2',
      };
      if (ledger(run) !== wanted[name]) return `${name}: ${ledger(run)}`;
      return results({
        ends: { a: EINVAL, b: 0, c: 0, d: 0, e: 0 },
        interrupted: { s: -512, t: 0 },
      })(run);
    },
    witness: {
      refused: reached((run) => resultNamed(run, 'a') === EINVAL),
      failed: reached((run) => resultNamed(run, 'y') === EINVAL),
      interrupted: reached((run) => resultNamed(run, 's') === -512),
    },
    faults: [
      'udmabuf-016-end-is-free',
      'udmabuf-016-failed-begin-counts',
      'udmabuf-016-end-does-nothing',
      'udmabuf-016-ends-unlocked',
    ],
  }),
  property({
    rules: ['UDMABUF-017'],
    plan: `The core keeps the mapping of an attachment: another direction is refused, except behind both.
      - pairs of directions, on attachments of their own; the same direction again
      - a mapping for which there is no memory is not kept: another direction is served then`,
    programs: [
      program('pairs', {
        setup: `${FILLED}; u = udmabuf.create(m, 0, 8192); a = attach.static(u, gpu)
          b = attach.static(u, gpu)
          c = attach.static(u, gpu)`,
        tasks: {
          A: `t1 = attach.mapUnlocked(a, TO_DEVICE); attach.unmapUnlocked(a, t1, TO_DEVICE)
            t2 = attach.mapUnlocked(a, TO_DEVICE)
            attach.unmapUnlocked(a, t2, TO_DEVICE); t3 = attach.mapUnlocked(a, FROM_DEVICE)
            t4 = attach.mapUnlocked(a, BIDIRECTIONAL); u1 = attach.mapUnlocked(b, BIDIRECTIONAL)
            attach.unmapUnlocked(b, u1, BIDIRECTIONAL)
            u2 = attach.mapUnlocked(b, TO_DEVICE); attach.unmapUnlocked(b, u2, TO_DEVICE)
            u3 = attach.mapUnlocked(b, FROM_DEVICE)
            attach.unmapUnlocked(b, u3, FROM_DEVICE)
            v1 = attach.mapUnlocked(c, FROM_DEVICE); attach.unmapUnlocked(c, v1, FROM_DEVICE)
            v2 = attach.mapUnlocked(c, TO_DEVICE)`,
        },
        teardown: 'attach.detach(u, a); attach.detach(u, b); attach.detach(u, c)',
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: `${FILLED}; u = udmabuf.create(m, 0, 8192); a = attach.static(u, gpu)`,
        tasks: {
          A: 't = attach.mapUnlocked(a, TO_DEVICE); u1 = attach.mapUnlocked(a, FROM_DEVICE)',
        },
        teardown: `attach.giveBack(a, t, TO_DEVICE); attach.giveBack(a, u1, FROM_DEVICE)
          attach.detach(u, a)`,
      }),
    ],
    forbids: ['leak'],
    holds: both(
      balanced,
      (run) => {
        if (run.program.name !== 'no-memory') return null;
        const isKept = resultNamed(run, 't') === 't';
        return results({ 'no-memory': { u1: isKept ? EBUSY : 'u1' } })(run);
      },
      (run) => (run.program.name === 'pairs' ? pairs(run) : null),
    ),
    witness: {
      refused: reached((run) => resultNamed(run, 't3') === EBUSY),
      table: reached((run) => resultNamed(run, 't') === ENOMEM),
      mapping: reached((run) => resultNamed(run, 't') === EIO),
    },
    faults: ['udmabuf-017-not-cached', 'udmabuf-017-one-table', 'udmabuf-017-keeps-the-list'],
  }),
];
