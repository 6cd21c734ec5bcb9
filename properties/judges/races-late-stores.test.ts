import { expect, test } from 'vitest';
import '../programs/operations/index.ts';
import { program } from '../programs/parse.ts';
import { explore } from '../run/explore.ts';
import { SINGLE_RUN_JUDGES } from './standard.ts';

/** The list that is replaced goes back only behind readers who came before the new one had landed. */
const REPLACED = program('replaced list', {
  world: { memory: 'tso', lockProving: false },
  setup: 'r = resv.create(); resv.lock(r); resv.reserve(r, 4); resv.unlock(r)',
  tasks: {
    A: 'resv.lock(r); resv.reserve(r, 8); resv.unlock(r)',
    B: 'resv.test(r, READ)',
  },
});

test('a grace period that begins late comes behind the sections that ended before it', () => {
  const findings: string[] = [];
  const { runs } = explore(
    REPLACED,
    { kind: 'random', runs: 400, seed: 1 },
    {
      judges: SINGLE_RUN_JUDGES,
      visit: (run) => {
        findings.push(...run.findings.map(({ judge, message }) => `${judge}: ${message}`));
        return findings.length === 0;
      },
    },
  );
  expect(findings).toEqual([]);
  expect(runs).toBe(400);
});
