import { expect, test } from 'vitest';
import '../programs/operations/index.ts';
import { program } from '../programs/parse.ts';
import { FIRST } from '../schedules/strategy.ts';
import { endStateOf } from './end-state.ts';
import { Run } from './run.ts';

const TICKS = 'hw.platform(); d = hw.device(); hw.ticks(d, 2000); f = fence.create()';

function endOf(tasks: Readonly<Record<string, string>>, stepsMax?: number): string {
  const options = stepsMax === undefined ? {} : { stepsMax };
  const run = new Run(program('end', { setup: TICKS, tasks }), options);
  return endStateOf(run.execute(FIRST));
}

test.each([
  ['quiescent', { A: 'hw.wait(5000)' }],
  ['deadlock', { A: 'fence.wait(f)', B: 'fence.wait(f, true)' }],
  ['stuck', { A: 'fence.wait(f, true)' }],
])('a run ends %s', (end, tasks) => {
  expect(endOf(tasks)).toBe(end);
});

test('a run that is cut has exceeded its budget', () => {
  expect(endOf({ A: 'hw.wait(5000)' }, 2)).toBe('budget exceeded');
});

test('a run that crashes says so', () => {
  const early = 'irq.assert(l); irq.teardown(l, false); hw.wait(5000)';
  expect(endOf({ A: `l = irq.line(edge); irq.request(l); ${early}` })).toBe('crashed');
});
