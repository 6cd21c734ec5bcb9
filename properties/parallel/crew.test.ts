import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { check, checkOn } from '../check/check.ts';
import { exploreProgram, exploreProgramOn } from '../check/explore-program.ts';
import { fuzz, fuzzOn } from '../check/fuzz.ts';
import { findFault } from '../faults/registry.ts';
import { programOf, testedBy } from '../litmus/tested-by.ts';
import { ProgramError } from '../programs/operation.ts';
import { program } from '../programs/parse.ts';
import type { Schedules } from '../run/explore.ts';
import { Crew, IMPORTED_ONLY } from './crew.ts';

let two: Crew;
let three: Crew;
beforeAll(() => {
  two = new Crew(2);
  three = new Crew(3);
});
afterAll(async () => {
  await two.close();
  await three.close();
});

/** A program with a few hundred schedules. */
const NAME = 'litmus/race-05-late-after-wake';
const SCHEDULES: readonly Schedules[] = [
  { kind: 'all', runsMax: 60_000 },
  { kind: 'all', runsMax: 100 },
  { kind: 'bounded', preemptions: 2, runsMax: 10_000 },
  { kind: 'bounded', preemptions: 3, runsMax: 150 },
  { kind: 'random', runs: 400, seed: 3 },
  { kind: 'pct', runs: 400, seed: 3, depth: 3 },
  { kind: 'pos', runs: 400, seed: 3 },
  { kind: 'coverage', runs: 400, seed: 3 },
];

/** More batches of mutated programs than know the same corpus. */
const FUZZED = 180;

/** Whether a thread that is started so can load a module by `require`. */
async function requires(execArgv: readonly string[]): Promise<unknown> {
  const url = JSON.stringify(
    new URL('../../dist/properties/parallel/fault-name.js', import.meta.url),
  );
  const thread = new Worker(
    `let answer = true;
    try { require(require('node:url').fileURLToPath(${url})); } catch (error) { answer = error.code; }
    require('node:worker_threads').parentPort.postMessage(answer);`,
    { eval: true, execArgv: [...execArgv] },
  );
  const [answer] = (await once(thread, 'message')) as unknown[];
  return answer;
}

test('threads load modules by import alone', async () => {
  expect(await requires([IMPORTED_ONLY])).toBe('ERR_REQUIRE_ESM');
  expect(await requires([])).toBe(true);
});

describe('any number of workers gives the same report', () => {
  test.each(SCHEDULES)('of a program: %j', async (schedules) => {
    const known = programOf(NAME);
    if (known === null) throw new Error(`${NAME} is gone`);
    for (const fault of [null, findFault('fence-046-no-second-look')]) {
      const options = { program: known, litmus: testedBy(known), schedules, fault };
      const one = JSON.stringify(exploreProgram(options));
      expect(JSON.stringify(await exploreProgramOn(two, options))).toBe(one);
      expect(JSON.stringify(await exploreProgramOn(three, options))).toBe(one);
    }
  });

  test.each([null, 'fence-046-no-second-look'])(
    'of mutated programs with the fault %s',
    async (id) => {
      const fault = id === null ? null : findFault(id);
      const options = { runs: FUZZED, seed: 3, fault };
      const one = JSON.stringify(fuzz(options));
      expect(JSON.stringify(await fuzzOn(two, options))).toBe(one);
      expect(JSON.stringify(await fuzzOn(three, options))).toBe(one);
    },
  );

  test.each([null, 'fence-046-no-second-look'])('of a check with the fault %s', async (id) => {
    const fault = id === null ? null : findFault(id);
    const options = { pattern: 'FENCE-04', fault };
    const one = JSON.stringify(check(options));
    expect(JSON.stringify(await checkOn(two, options))).toBe(one);
  });
});

test('a wrong program is wrong in a thread, too', async () => {
  const wrong = program('wrong', { tasks: { A: 'fence.signal(f)' } });
  const schedules: Schedules = { kind: 'random', runs: 10, seed: 1 };
  const options = { program: wrong, litmus: null, schedules, fault: null };
  await expect(exploreProgramOn(two, options)).rejects.toThrow(ProgramError);
});

test('a fault that threads cannot find is refused', async () => {
  const stranger = { id: 'stranger', mistake: 'none', breaks: [], install: () => ({}) };
  await expect(checkOn(two, { pattern: 'FENCE-046', fault: stranger })).rejects.toThrow(
    'workers cannot find the fault stranger',
  );
});
