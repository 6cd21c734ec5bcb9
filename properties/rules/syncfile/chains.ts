import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { sighted } from '../../check/sighted.ts';
import { program } from '../../programs/parse.ts';
import { nodes } from '../chain/nodes.ts';
import { EVERY_RESULT } from '../every-result.ts';

/** What is reported of nodes 1 and 2 with f1 done before, between, and after the two walks. */
const WALKS: ReadonlySet<string> = new Set([
  'status 0 of 0', // collected by the first walk
  'status 0 of 0 0 (1)', // collected by the second: the record that was counted stays empty
  'status 0 of 0 0', // pending when its record was made
  'status 0 of 0 1+', // done when its record was made
  'status 0 of 0 0+', // done between the two samples of its record
]);

/** Properties of files over chains. */
export const CHAIN_FILE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SYNCFILE-028'],
    plan: `A file made from a chain reports what its head contains, and what is left behind that.
      - nothing done; the head done; the older ones done; a stub in the head; the short form`,
    programs: [
      program('pending', {
        setup: `${nodes(3)}; s = syncFile.create(c3)`,
        tasks: { A: 'i = syncFile.fileInfo(s, 3); few = syncFile.fileInfo(s, 2)' },
      }),
      program('head', {
        setup: `${nodes(3)}; s = syncFile.create(c3); fence.signal(f3)`,
        tasks: { A: 'i = syncFile.fileInfo(s, 3); n = syncFile.fileInfo(s, 0)' },
      }),
      program('older', {
        setup: `${nodes(3)}; s = syncFile.create(c3); fence.signal(f1); fence.signal(f2)`,
        tasks: { A: 'i = syncFile.fileInfo(s, 3); n = syncFile.fileInfo(s, 0)' },
      }),
      program('stub', {
        setup: `${nodes(1)}; st = stub.get(); c2 = chain.create(c1, st, 2); fence.get(c2)
          s = syncFile.create(c2); fence.signal(f1)`,
        tasks: { A: 'i = syncFile.fileInfo(s, 3); n = syncFile.fileInfo(s, 0)' },
      }),
    ],
    forbids: ['leak', 'refcount', 'use-after-free'],
    holds: results({
      pending: { i: 'status 0 of 0 0 0', few: -22 },
      head: { i: 'status 0 of 1+ 0 0', n: 'status 0' },
      older: { i: 'status 0 of 0', n: 'status 0' },
      stub: { i: 'status 1 of 1+', n: 'status 1' },
    }),
    witness: { shrunk: reached((run) => resultNamed(run, 'i') === 'status 0 of 0') },
    faults: ['syncfile-028-nodes-as-they-are'],
  }),
  property({
    rules: ['SYNCFILE-023'],
    plan: `What a chain loses between counting and filling is missing in the second count.
      - the older of two fences signals at any moment of the request`,
    programs: [
      program('collected', {
        setup: `${nodes(2)}; s = syncFile.create(c2)`,
        tasks: { A: 'i = syncFile.fileInfo(s, 2)', B: 'fence.signalTimestamp(f1, 5000)' },
      }),
    ],
    schedules: EVERY_RESULT,
    forbids: ['leak', 'refcount', 'use-after-free'],
    holds: (run) => {
      const info = String(resultNamed(run, 'i'));
      const isLost = sighted(run, 'c2.chain', 'collect').length > 0;
      if (isLost && info === 'status 0 of 0 0') return 'what was lost is counted';
      return WALKS.has(info) ? null : `the file reports ${info}`;
    },
    witness: { between: reached((run) => resultNamed(run, 'i') === 'status 0 of 0 0 (1)') },
    faults: ['syncfile-023-fills-what-was-counted', 'syncfile-023-tells-what-was-counted'],
  }),
  property({
    rules: ['SYNCFILE-020'],
    plan: `Of a chain with a failed leaf the two forms of FILE_INFO say different things.
      - the head fails, and is all that is left`,
    programs: [
      program('failed', {
        setup: `${nodes(1)}; s = syncFile.create(c1); fence.setError(f1, -2)
          fence.signalTimestamp(f1, 5000)`,
        tasks: { A: 'n = syncFile.fileInfo(s, 0); i = syncFile.fileInfo(s, 1)' },
      }),
    ],
    holds: results({ failed: { n: 'status 1', i: 'status -2 of -2+' } }),
    witness: { differs: reached((run) => resultNamed(run, 'n') === 'status 1') },
    faults: ['syncfile-020-short-form-looks-inside'],
  }),
];
