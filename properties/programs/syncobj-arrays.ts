import { JIFFY_NS } from '../../impl/kernel/clock.ts';
import { UserArray } from '../../impl/uapi/user-array.ts';
import type { Environment } from './environment.ts';
import type { Arguments } from './operation.ts';

/** The latest time that there is. Unit: nanoseconds. */
const FOREVER: bigint = 2n ** 63n - 1n;

/** A handle by name, or a number that is one; 0 for what could not be made, or not yet. */
function handleOf(environment: Environment, name: string | null): number {
  if (name === null) return 0;
  const value = /^\d+$/.test(name) ? Number(name) : environment.value(name);
  return typeof value === 'number' && value > 0 ? value : 0;
}

/** How much of an array is mapped; all of it unless the call says so. Unit: elements. */
export function mappedPart(args: Arguments, key: string): number {
  return args.number(key, Number.MAX_SAFE_INTEGER);
}

/** What every request on several objects has: their handles, and how many there are. */
export function severalFields(environment: Environment, args: Arguments): Record<string, unknown> {
  const handles = args.names('handles').map((name) => handleOf(environment, name));
  return {
    handles: new UserArray(handles, mappedPart(args, 'mapped')),
    count_handles: args.number('count', handles.length),
  };
}

/** Points as an array in memory; none at all where the call names none. */
export function pointArray(args: Arguments): Record<string, unknown> {
  if (!args.has('points')) return {};
  const points = args.names('points').map((point) => BigInt(point ?? 0));
  return { points: new UserArray(points, mappedPart(args, 'mappedPoints')) };
}

/** An absolute time: so many milliseconds from now, `poll` for 0, or `forever`. */
export function untilTime(environment: Environment, args: Arguments): bigint {
  const given = args.has('timeout') ? args.either('timeout') : 'poll';
  if (given === 'poll') return 0n;
  if (given === 'forever') return FOREVER;
  const { clock } = environment.stack.world;
  return BigInt(clock.nanoseconds) + BigInt(given) * BigInt(JIFFY_NS);
}
