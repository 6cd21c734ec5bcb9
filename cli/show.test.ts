import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { VIEW } from '../traces/viewer/view-schema.ts';
import type { View } from '../traces/viewer/view.ts';
import { runHere } from './in-process.ts';

// What a browser does with a page is in system tests; here is what is in it.

const golden = fileURLToPath(new URL('../traces/golden/', import.meta.url));
/** Unit: bytes. */
const PAGE_MAX = 300_000;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-show-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function pageOf(trace: string, ...words: readonly string[]): Promise<string> {
  const html = join(folder, 'page.html');
  const { status, stdout, stderr } = await runHere('show', trace, '--html', html, ...words);
  expect(stderr).toBe('');
  expect(stdout).toBe(`${html}: open it in a browser\n`);
  expect(status).toBe(0);
  return readFileSync(html, 'utf8');
}

const DATA = /<script type="application\/json" id="view">(.*)<\/script>/;

function viewOf(html: string): View {
  return VIEW.parse(JSON.parse(DATA.exec(html)?.[1] ?? ''));
}

test('a page loads nothing, and is small without its trace', async () => {
  const html = await pageOf(join(golden, 'race.json'));
  const around = html.replace(DATA, '');
  expect(around.length).toBeLessThan(PAGE_MAX);
  expect(around).not.toMatch(/(?:src|href)=["']?\w/);
  expect(html).toMatch(/Content-Security-Policy" content="default-src 'none'; script-src 'sha256-/);
});

test('equal traces give equal pages', async () => {
  const file = join(golden, 'wrong-result.json');
  expect(await pageOf(file)).toBe(await pageOf(file));
});

test('a page shows what a replay has seen: states, locks, who let whom go on', async () => {
  const view = viewOf(await pageOf(join(golden, 'race.json')));
  expect(view.lanes.map(({ name, cpu }) => [name, cpu])).toEqual([
    ['A', 1],
    ['B', 2],
  ]);
  const fence = view.objects.find(({ name }) => name === 'f1');
  expect(view.diagrams[fence?.diagram ?? -1]?.kind).toBe('fence');
  const [model, implementation] = [fence?.history.model, fence?.history.implementation].map(
    (column) => view.looks[column?.at(-1) ?? -1],
  );
  expect(model?.boxes).toContain('fence_completion_signaled');
  expect(model?.context).toContainEqual(['callbacks', '0']);
  expect(implementation?.context).toContainEqual(['callbacks', '1']);
  const locks = view.locks.name.map((word) => view.strings[word]);
  // The section in which the fence is signalled is one of them.
  expect(locks).toEqual(['dma_fence_map', 'f1.issuer.lock', 'f1.issuer.lock']);
});

test('what cannot be replayed is shown as it is, and it is said that something is missing', async () => {
  const view = viewOf(await pageOf(join(golden, 'deadlock.json')));
  expect(view.notices.join('\n')).toContain('there is no fault "callbacks-readd-locks-blindly"');
  expect(view.notices.join('\n')).toContain('are missing');
  expect(view.steps.lane).toHaveLength(8);
  expect(view.looks).toEqual([]);
  const { status, stderr } = await runHere(
    ...['show', join(golden, 'deadlock.json'), '--html', join(folder, 'x.html')],
    ...['--fault', 'fence-046-no-second-look', '--driver', './none.mjs'],
  );
  expect([status, stderr]).toEqual([2, expect.stringContaining('expected one of them')]);
});

test('by default the page stands beside the trace; one that cannot be written is a mistake', async () => {
  const trace = join(folder, 'some.json');
  writeFileSync(trace, readFileSync(join(golden, 'race.json')));
  expect((await runHere('show', trace, '--html')).status).toBe(0);
  expect(existsSync(join(folder, 'some.html'))).toBe(true);
  const { status, stderr } = await runHere('show', trace, '--html', join(folder, 'no/such/place'));
  expect(status).toBe(2);
  expect(stderr).toContain('cannot be written');
});

test('nothing in a trace ends the element that it stands in', async () => {
  const text = readFileSync(join(golden, 'race.json'), 'utf8');
  const hostile = '</script><!--<script>alert(1)</script>\u2028';
  const trace = join(folder, 'hostile.json');
  writeFileSync(trace, text.replace(/"message": ?"[^"]*"/, `"message":${JSON.stringify(hostile)}`));
  const html = await pageOf(trace);
  expect(html.match(/<script/g)).toHaveLength(2);
  expect(html.match(/<\/script>/g)).toHaveLength(2);
});
