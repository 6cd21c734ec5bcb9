import { expect, test } from 'vitest';
import { explore } from '../run/explore.ts';
import { judgesOf } from '../judges/standard.ts';
import './operations/index.ts';
import { program } from './parse.ts';

test('who gives a device a job has its fence, however soon that is done', () => {
  const submits = program('submits', {
    setup: 'd = ttm.device(1, 4, automatic: true); x = ttm.create(d, [vram])',
    tasks: { A: 'j = ttm.submit(x, write, 7)', B: 'k = ttm.submit(x, write, 9)' },
  });
  const schedules = { kind: 'bounded', preemptions: 1, runsMax: 200 } as const;
  const findings: string[] = [];
  explore(submits, schedules, {
    ...judgesOf(schedules),
    visit: (run) => {
      findings.push(...run.findings.map(({ message }) => message));
      return true;
    },
  });
  expect(findings.filter((message) => message.includes('.fence'))).toEqual([]);
});
