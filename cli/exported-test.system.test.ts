import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { runHere } from './in-process.ts';

// The test that `export --format vitest` writes, run by Vitest in a project that has this package.

const root = fileURLToPath(new URL('..', import.meta.url));
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-test-'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }\n');
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(root, 'node_modules'))) {
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  // A link would lead to sources of one's own, which Vitest transforms one by one.
  for (const name of ['package.json', 'dist', 'model/rules/spec']) {
    cpSync(join(root, name), join(modules, 'dmabuf-verify', name), { recursive: true });
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function vitest(FAULT: string): { status: number | null; text: string } {
  const env = { ...process.env, NO_COLOR: '1', FAULT };
  const words = [join(root, 'node_modules/vitest/vitest.mjs'), 'run'];
  const ended = spawnSync(process.execPath, words, { cwd: folder, env, encoding: 'utf8' });
  return { status: ended.status, text: ended.stdout + ended.stderr };
}

test('fails with the fault, and passes without', async () => {
  const fault = 'BUG-FENCE-05';
  const file = join(folder, 'kept.test.js');
  const trace = join(root, `traces/kept/${fault}.json`);
  expect((await runHere('export', trace, '--format', 'vitest', '--output', file)).status).toBe(0);
  const intact = vitest('');
  expect(intact.text).toContain('1 passed');
  expect(intact.status).toBe(0);
  const broken = vitest(fault);
  expect(broken.text).toContain('1 failed');
  expect(broken.text).toContain(' FAIL  ');
  expect(broken.text).toContain(`fault    ${fault} (seeded)`);
  expect(broken.status).toBe(1);
  const unknown = vitest('no-such-fault');
  expect(unknown.text).toContain('there is no fault no-such-fault');
  expect(unknown.status).toBe(1);
});
