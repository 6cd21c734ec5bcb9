import {
  DRM_IOCTL_SYNCOBJ_QUERY,
  DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL,
  DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT,
  DRM_IOCTL_SYNCOBJ_WAIT,
} from '../../../impl/drm/syncobj-uapi.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { UserArray } from '../../../impl/uapi/user-array.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, type Result } from '../operation.ts';
import { mappedPart, pointArray, severalFields, untilTime } from '../syncobj-arrays.ts';
import { request } from './drm.ts';
import { waitFlags } from './syncobj.ts';

/** What the caller has put where a wait tells which object was ready first. */
const UNWRITTEN = 77;

const OF_WAITS = [
  'device',
  'handles',
  'flags',
  'timeout',
  'deadlineNs',
  'count',
  'pad',
  'memory',
  'mapped',
];

/** `first 0`, `first unwritten`, or a negative error, which must leave it unwritten. */
function* wait(
  environment: Environment,
  args: Arguments,
  command: number,
  points: Record<string, unknown>,
): KernelTask<Result> {
  const answer = yield* request(environment, args, command, {
    ...severalFields(environment, args),
    ...points,
    flags: waitFlags(args),
    timeout_nsec: untilTime(environment, args),
    deadline_nsec: BigInt(args.number('deadlineNs', 0)),
    first_signaled: UNWRITTEN,
    pad: args.number('pad', 0),
  });
  const first = answer.number('first_signaled');
  if (answer.result < 0 && first === UNWRITTEN) return answer.result;
  const what = first === UNWRITTEN ? 'unwritten' : first === 0xffffffff ? 'none' : String(first);
  return answer.result < 0 ? `${answer.result} first ${what}` : `first ${what}`;
}

/** The points as they are in memory, `5 0 -`; with the error in front if there was one. */
function* query(environment: Environment, args: Arguments): KernelTask<Result> {
  const points = new UserArray([], mappedPart(args, 'mappedPoints'));
  const answer = yield* request(environment, args, DRM_IOCTL_SYNCOBJ_QUERY, {
    ...severalFields(environment, args),
    points,
    flags: args.number('flags', 0),
  });
  const written = points.items.join(' ');
  if (answer.result >= 0) return written;
  return written === '' ? answer.result : `${answer.result} after ${written}`;
}

/** Waiting for objects, and the points of their timelines. */
defineOperations([
  {
    name: 'so.wait',
    parameters: OF_WAITS,
    run: (environment, args) => wait(environment, args, DRM_IOCTL_SYNCOBJ_WAIT, {}),
  },
  {
    name: 'so.timelineWait',
    parameters: ['device', 'handles', 'points', ...OF_WAITS.slice(2), 'mappedPoints'],
    run: (environment, args) =>
      wait(environment, args, DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, pointArray(args)),
  },
  {
    name: 'so.query',
    parameters: ['device', 'handles', 'flags', 'count', 'memory', 'mapped', 'mappedPoints'],
    run: query,
  },
  {
    name: 'so.timelineSignal',
    parameters: [
      'device',
      'handles',
      'points',
      'flags',
      'count',
      'memory',
      'mapped',
      'mappedPoints',
    ],
    *run(environment, args) {
      const fields = {
        ...severalFields(environment, args),
        ...pointArray(args),
        flags: args.number('flags', 0),
      };
      const command = DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL;
      return (yield* request(environment, args, command, fields)).result;
    },
  },
]);
