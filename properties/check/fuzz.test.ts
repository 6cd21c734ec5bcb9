import { describe, expect, test } from 'vitest';
import { findFault } from '../faults/registry.ts';
import '../programs/operations/index.ts';
import { Guide } from '../explore/guided/guide.ts';
import { buildFromGenes } from '../programs/drawn/arbitrary.ts';
import { freshGenes } from '../programs/drawn/genes.ts';
import { RandomNumbers } from '../schedules/random-numbers.ts';
import { fuzz } from './fuzz.ts';
import { fuzzBatch, type FuzzInput, type FuzzJob } from './fuzz-batch.ts';

/**
 * Drawn programs use no drivers of hardware. Those want their calls in one order (a device, buffers,
 * a stream or a mode, work, and time that goes on), which free draws hardly ever hit: most would end
 * at the first refusal. What varies around hardware are schedules, delays and mistakes of nature;
 * scenarios and properties draw these, and `../paths` walks every transition of these machines.
 */
const UNDRAWN: ReadonlySet<string> = new Set([
  ...['ttmManager', 'ttmObject', 'exec', 'commit', 'vblank', 'writebackJob', 'vb2Buffer'],
  ...['vb2Queue', 'schedJob', 'schedFence', 'schedEntity', 'scheduler', 'gpu', 'crtc'],
  ...['dmaEngine', 'camera', 'codec', 'page', 'translation', 'cacheLine', 'interruptLine', 'timer'],
]);

describe('fuzz', () => {
  test('finds nothing in what is intact, and reaches every machine that is drawn', () => {
    const report = fuzz({ runs: 400, seed: 1, fault: null });
    expect(report).toMatchObject({ runs: 400, findings: [], trace: null });
    for (const { machine, reached, possible, beyond } of report.coverage.machines) {
      expect(reached > 0, machine).toBe(!UNDRAWN.has(machine));
      expect(reached, machine).toBeLessThanOrEqual(possible);
      expect(beyond, machine).toBe(0);
    }
    expect(report.coverage.statesByBatch).toHaveLength(400 / 16);
  });

  test('finds a seeded fault, and shrinks it', () => {
    const fault = findFault('fence-046-no-second-look');
    const { findings, trace } = fuzz({ runs: 300, seed: 3, fault });
    expect(findings.length).toBeGreaterThan(0);
    expect(trace?.verdict.rules).toEqual(findings[0]?.rules);
    expect(trace?.verdict.shrunk.calls).toBeLessThan(8);
  });
});

/** Runs batches like `fuzz`, and gives all inputs that were kept. */
function corpusOf(runs: number): { readonly corpus: FuzzInput[]; readonly jobs: FuzzJob[] } {
  const guide = new Guide<FuzzInput>({ seed: 1, runs });
  const corpus: FuzzInput[] = [];
  const jobs: FuzzJob[] = [];
  for (let number = 0; ; number += 1) {
    const job = guide.job(number);
    if (job === null) return { corpus, jobs };
    jobs.push(job);
    const { kept } = fuzzBatch(job, null);
    guide.merge(kept);
    corpus.push(...kept.map(({ input }) => input));
  }
}

const kept = corpusOf(200);

test('what was kept reaches again what it was kept for', () => {
  const [first] = kept.jobs;
  if (first === undefined) throw new Error('no job');
  expect(fuzzBatch(first, null)).toEqual(fuzzBatch(first, null));
});

test('mutated programs run, and most are no program of their parents', () => {
  const { corpus } = kept;
  const programs = corpus.map(({ genes }) => JSON.stringify(buildFromGenes(genes)));
  expect(new Set(programs).size).toBeGreaterThan(programs.length / 2);
  expect(new Set(programs).size).toBeLessThan(programs.length);
});

test('equal numbers give equal programs', () => {
  const build = (seed: number): string =>
    JSON.stringify(buildFromGenes(freshGenes(new RandomNumbers(seed))));
  expect(build(3)).toBe(build(3));
  expect(build(3)).not.toBe(build(4));
});
