import { type Property, property, reached } from '../../check/property.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { firstOf, same, seen, warnings } from './evidence.ts';

/** Time of day of a world that has just been switched on, in nanoseconds. */
const BOOT_NS = 1_000_000_000;

function readOf(run: Run): number {
  return Number(run.resultOf('A', 'fence.timestamp'));
}

/** Properties of the completion time. */
export const TIMESTAMP_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-060'],
    plan: `Reading the time of a signaled fence waits for it and gives the stored value; on a
      pending one it complains and gives the present.
      - reader against signaller, plain and with a given time; reader on the signaller's processor
      - a given time of 0, which is a time like any other
      - a signaller whose callback reads`,
    programs: [
      program('read-signal', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.timestamp(f)', B: 'fence.signal(f)' },
      }),
      program('read-signal-given', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.timestamp(f)', B: 'fence.signalTimestamp(f, 77)' },
      }),
      program('read-signal-zero', {
        setup: 'f = fence.create()',
        tasks: { A: 'fence.timestamp(f)', B: 'fence.signalTimestamp(f, 0)' },
      }),
      program('read-read-signal', {
        setup: 'f = fence.create()',
        tasks: {
          A: 'fence.timestamp(f)',
          B: 'fence.signalTimestamp(f, 77)',
          C: 'fence.timestamp(f)',
        },
      }),
    ],
    allows: ['warn'],
    forbids: ['deadlock', 'livelock', 'refinement'],
    holds: (run) => {
      const stored = run.environment.fence('f').timestampNs.value;
      const isEarly = run.violations.some((violation) => violation.task.name === 'A');
      return firstOf(
        same('time that A read', readOf(run), isEarly ? BOOT_NS : stored),
        same('warnings', warnings(run) > 0, seen(run, null, 'timestamp').length < readers(run)),
      );
    },
    witness: {
      pending: reached((run) => warnings(run) > 0),
      read: reached((run) => warnings(run) === 0),
      between: reached(readBetween),
    },
    faults: ['BUG-FENCE-03', 'fence-060-pending-is-zero', 'fence-060-zero-is-unset'],
  }),
];

function readers(run: Run): number {
  return run.calls.filter((record) => record.call.op === 'fence.timestamp').length;
}

/** A reader saw SIGNALED before the time was valid, and came back with the time. */
function readBetween(run: Run): boolean {
  const stamped = seen(run, null, 'stamp')[0]?.step ?? 0;
  const read = run.calls.find((record) => record.task === 'A');
  return warnings(run) === 0 && read !== undefined && read.begin < stamped;
}
