import { expect, test } from 'vitest';

import { readTraceFile } from '../read.ts';
import type { Trace, TraceCall } from '../trace.ts';
import { callOrders, hasRace } from './call-order.ts';
import { reproducer, whyNotInC } from './reproducer.ts';

const like = readTraceFile(new URL('../kept/KERN-SYNCOBJ-01.json', import.meta.url).pathname);

function call(task: string, number: number, begin: number, end: number | null): TraceCall {
  return { task, call: number, op: 'sys.close', text: 't', begin, end, result: '0' };
}

/** `A1 ended before B1`. */
function ordersOf(calls: readonly TraceCall[]): readonly string[] {
  return callOrders({ ...like, calls }).map(({ later, earlier, when }) => {
    return `${earlier.task}${earlier.call} ${when} before ${later.task}${later.call}`;
  });
}

test('a call waits for those that had returned before it began', () => {
  const calls = [call('A', 1, 1, 2), call('A', 2, 3, 4), call('B', 1, 5, 6)];
  expect(ordersOf(calls)).toEqual(['A2 ended before B1']);
});

test('a call begins while those run that were under way', () => {
  const calls = [call('A', 1, 1, 9), call('B', 1, 5, 6), call('B', 2, 7, null), call('C', 1, 8, 9)];
  expect(ordersOf(calls)).toEqual([
    'A1 begun before B1',
    'A1 begun before B2',
    'A1 begun before C1',
    'B2 begun before C1',
  ]);
  expect(hasRace({ ...like, calls })).toBe(true);
  expect(hasRace(like)).toBe(false);
});

function withCall(op: string, args: Trace['program']['setup'][number]['args']): Trace {
  return { ...like, program: { ...like.program, setup: [{ op, args }], tasks: [] } };
}

test('what user space cannot say is refused, and nothing is left out', () => {
  expect(whyNotInC(like)).toBe(null);
  expect(whyNotInC(withCall('fence.create', {}))).toBe('user space cannot make fence.create');
  expect(whyNotInC(withCall('sys.close', { fd: 1, later: true }))).toBe('sys.close: later is true');
  expect(whyNotInC(withCall('sys.close', { fd: 0.5 }))).toBe('0.5 is no whole number');
  expect(whyNotInC(withCall('sys.poll', { fd: 1, events: 'constructor' }))).toBe(
    'sys.poll: events is constructor',
  );
  expect(whyNotInC(withCall('sys.info', { fd: 1, room: 17 }))).toBe('sys.info: room is 17');
  expect(whyNotInC(withCall('heap.open', { name: '../../etc/passwd' }))).toBe(
    'heap.open: name is ../../etc/passwd',
  );
  expect(whyNotInC({ ...like, program: { ...like.program, tasks: [] } })).toBe(
    'the program makes no call',
  );
  expect(reproducer(withCall('sys.close', { fd: 'constructor' }), [])).toContain('close_fd(r, -1)');
});
