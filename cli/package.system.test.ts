import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, test } from 'vitest';

// What users get: the packed files in a folder of their own, as a command and as a library.

const root = fileURLToPath(new URL('..', import.meta.url));
let folder = '';

function run(command: string, ...words: readonly string[]) {
  const env = { ...process.env, NO_COLOR: '1' };
  return spawnSync(command, words, { cwd: folder, env, encoding: 'utf8' });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-package-'));
  const packed = spawnSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
  });
  const [entry] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('['))) as [
    { filename: string; files: { path: string }[] },
  ];
  const strays = entry.files
    .map(({ path }) => path)
    .filter((path) =>
      /\.test\.|in-process|in-browser|family-tests|arbitrary-trace|formats\/exported/.test(path),
    );
  expect(strays).toEqual([]);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }\n');
  // What npm has already is not asked for again.
  const options = ['--prefer-offline', '--no-audit', '--no-fund'];
  const installed = run('npm', 'install', ...options, `./${entry.filename}`);
  expect(installed.stderr).not.toContain('npm error');
  expect(installed.status).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the command checks, and a trace that it writes replays', () => {
  const { status, stdout } = run('npx', 'dmabuf-verify', 'check', 'FENCE-046');
  expect(stdout).toMatch(/^no violation within these bounds: /m);
  expect(status).toBe(0);
  const words = ['check', 'FENCE-046', '--fault', 'fence-046-no-second-look'];
  const broken = run('npx', 'dmabuf-verify', ...words);
  expect(broken.status).toBe(1);
  const [, file = ''] = /replay +npx dmabuf-verify replay (\S+)/.exec(broken.stdout) ?? [];
  expect(run('npx', 'dmabuf-verify', 'replay', file).stdout).toContain('replayed the same run');
});

test('recordings and rule texts are in the package', () => {
  expect(run('npx', 'dmabuf-verify', 'conform').stdout).toMatch(/recorded programs agree/);
  expect(run('npx', 'dmabuf-verify', 'where', 'dma_fence_signal').stdout).toContain('FENCE-037');
});

test('the documented fault works from here', () => {
  const docs = readFileSync(join(root, 'docs/faults.md'), 'utf8');
  const [, source = ''] = /```js\n([^]*?)```/.exec(docs) ?? [];
  writeFileSync(join(folder, 'my-fault.mjs'), source);
  const { status, stdout } = run('npx', 'dmabuf-verify', 'check', '--fault', './my-fault.mjs');
  expect(stdout).toMatch(/^ FAIL {2}FENCE-/);
  expect(status).toBe(1);
});

test('the documented property, litmus program and library calls type-check and run', () => {
  for (const name of ['properties', 'litmus', 'library']) {
    const docs = readFileSync(join(root, `docs/${name}.md`), 'utf8');
    const [, source = ''] = /```ts\n([^]*?)```/.exec(docs) ?? [];
    expect(source).not.toBe('');
    writeFileSync(join(folder, `${name}.ts`), source);
  }
  copyFileSync(join(root, 'traces/golden/race.json'), join(folder, 'race.json'));
  const options = ['--module', 'nodenext', '--target', 'es2023', '--strict', '--types', 'node'];
  const types = ['--typeRoots', join(root, 'node_modules/@types')];
  const tsc = join(root, 'node_modules/.bin/tsc');
  const files = ['properties.ts', 'litmus.ts', 'library.ts'];
  const checked = run(tsc, ...options, ...types, '--outDir', 'out', ...files);
  expect(checked.stdout).toBe('');
  for (const name of ['properties', 'litmus', 'library']) {
    const { status, stdout, stderr } = run(process.execPath, `out/${name}.js`);
    expect(stderr).toBe('');
    expect(stdout).not.toBe('');
    expect(status).toBe(0);
  }
});
