import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, test } from 'vitest';

import {
  HISTORICAL_FAULTS,
  KERNEL_FAULTS,
  RULES,
  SCENARIOS,
  WINDOWS,
} from '../model/rules/catalogue.ts';
import { SOURCE_ENTRIES } from './source-index.generated.ts';
import { entriesOfRule, entriesOfSymbol } from './source-index.ts';

const SAMPLE = `import type { Task } from './task.ts';

/** @kernel FIRST_FLAG */
export const FIRST = 1;

/**
 * What issuers provide.
 *
 * @kernel struct dma_fence_ops
 */
export interface FenceOps {
  /** @rule FENCE-092 */
  describe?(fence: Fence): string;
}

/** No tags here. */
export class Fence {
  /** Documented. @kernel dma_fence_context_counter */
  protected readonly counter: number;

  /**
   * Adds.
   *
   * @kernel dma_fence_add_callback
   * @rule FENCE-042
   * @rule FENCE-043, and part of others
   * @returns 0
   */
  override *addCallback(): Task<number> {}

  /** @kernel __set_state, where no ordering is needed @rule FENCE-001 */
  set state(value: number) {}

  /** Counts. @kernel refcount_t struct kref */
  private static count(): void {}
}

/** @kernel trace_dma_fence_* in both forms */
export function* trace(): Task<void> {}
`;

let folder = '';
let sample: unknown;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-index-'));
  for (const room of ['cli', 'impl/dma-buf']) mkdirSync(join(folder, room), { recursive: true });
  const generator = join(folder, 'cli', 'generate-index.mjs');
  copyFileSync(fileURLToPath(new URL('generate-index.mjs', import.meta.url)), generator);
  writeFileSync(join(folder, 'impl/dma-buf/fence.ts'), SAMPLE);
  writeFileSync(join(folder, 'impl/dma-buf/fence.test.ts'), SAMPLE);
  const run = spawnSync(process.execPath, [generator], { encoding: 'utf8' });
  expect(run.stderr).toBe('');
  const text = readFileSync(join(folder, 'cli/source-index.generated.ts'), 'utf8');
  sample = JSON.parse(text.slice(text.indexOf('= [') + 2, text.lastIndexOf(';')));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every form of tag is found with its place', () => {
  const file = 'impl/dma-buf/fence.ts';
  expect(sample).toEqual([
    { symbols: ['FIRST_FLAG'], rules: [], name: 'FIRST', file, line: 4 },
    { symbols: ['dma_fence_ops'], rules: [], name: 'FenceOps', file, line: 11 },
    { symbols: [], rules: ['FENCE-092'], name: 'FenceOps.describe', file, line: 13 },
    { symbols: ['dma_fence_context_counter'], rules: [], name: 'Fence.counter', file, line: 19 },
    {
      symbols: ['dma_fence_add_callback'],
      rules: ['FENCE-042', 'FENCE-043'],
      name: 'Fence.addCallback',
      file,
      line: 29,
    },
    { symbols: ['__set_state'], rules: ['FENCE-001'], name: 'Fence.state', file, line: 32 },
    { symbols: ['refcount_t', 'kref'], rules: [], name: 'Fence.count', file, line: 35 },
    { symbols: ['trace_dma_fence_*'], rules: [], name: 'trace', file, line: 39 },
  ]);
});

test('the index of this project finds functions by name and by rule', () => {
  const names = entriesOfSymbol('dma_fence_add_callback').map(({ name }) => name);
  expect(names).toContain('FenceSignal.addCallback');
  expect(entriesOfRule('FENCE-046').map(({ name }) => name)).toEqual(['FenceSignal.addCallback']);
  expect(entriesOfSymbol('no_such_function')).toEqual([]);
});

test('every tag names something that the rule files define', () => {
  const defined = [...RULES, ...WINDOWS, ...SCENARIOS, ...HISTORICAL_FAULTS, ...KERNEL_FAULTS];
  const known = new Set<string>(defined.map(({ id }) => id));
  const wrong = SOURCE_ENTRIES.flatMap(({ file, line, rules }) =>
    rules.filter((id) => !known.has(id)).map((id) => `${file}:${line}: ${id}`),
  );
  expect(wrong).toEqual([]);
});

test('every entry belongs to something with a name', () => {
  expect(SOURCE_ENTRIES.filter(({ name }) => !/^\w+(?:\.\w+)?$/.test(name))).toEqual([]);
});
