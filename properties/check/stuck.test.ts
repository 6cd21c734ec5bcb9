import { expect, test } from 'vitest';
import '../programs/operations/index.ts';
import { program } from '../programs/parse.ts';
import { hasOneRun } from '../programs/program.ts';
import type { Property } from './property.ts';
import { runProperty } from './run-property.ts';
import { whyStuck } from './stuck.ts';

test('a program whose earlier call has made nothing is a finding about its rule', () => {
  const stuck = program('stuck', {
    setup: 'f = fence.create(1)',
    tasks: { A: 'n = inspect.seqno(f.fence)' },
  });
  const property: Property = {
    rules: ['FENCE-001'],
    plan: 'Name what no call has made.',
    programs: [stuck],
    witness: {},
    faults: [],
  };
  expect(hasOneRun(stuck)).toBe(true);
  const { broken } = runProperty(property, { seed: 1 });
  expect(broken.map(({ finding }) => [finding.rules, finding.message])).toEqual([
    [['FENCE-001'], 'stuck: the program cannot go on: f.fence is no DmaFence'],
  ]);
});

test('what is no mistake of a program is thrown on', () => {
  expect(() => whyStuck(new Error('something else'))).toThrow('something else');
});
