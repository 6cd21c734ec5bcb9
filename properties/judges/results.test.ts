import { expect, test } from 'vitest';
import { typesWith } from '../check/found.ts';
import { findFault } from '../faults/registry.ts';
import { program } from '../programs/parse.ts';
import { runOnce } from '../run/explore.ts';
import { FIRST } from '../schedules/strategy.ts';
import { ResultJudge } from './results.ts';

const asks = program('asks', {
  setup: 'f = fence.create(); r = resv.create()',
  tasks: {
    A: `resv.lock(r); resv.reserve(r, 1); resv.add(r, f, READ); resv.unlock(r)
        resv.test(r, READ)`,
  },
});

test('an answer that the reservation object never committed is a finding', () => {
  const judges = [() => new ResultJudge()];
  expect(runOnce(asks, FIRST, { judges }).findings).toEqual([]);
  const types = typesWith(findFault('BUG-RESV-01'));
  const [finding] = runOnce(asks, FIRST, { judges, types }).findings;
  expect(finding?.message).toBe('A: resv.test returns 0');
});
