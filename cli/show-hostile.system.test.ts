import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import fc from 'fast-check';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { runHere } from './in-process.ts';
import { openAddress, openFile, startBrowser } from './show-in-browser.ts';

// Traces of strangers: each gives one line that says what is wrong, or a page in which nothing runs.

const HOSTILE = 200;
/** Opened in the browser; every page is looked through as text. Unit: pages. */
const OPENED_MAX = 60;
const GOLDEN = readFileSync(new URL('../traces/golden/race.json', import.meta.url), 'utf8');
let folder = '';
let browser: Browser;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-hostile-'));
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

const CALL = "globalThis.hacked = true; alert('hacked')";
const texts = fc.constantFrom(
  `<script>${CALL}</script>`,
  `</script><script>${CALL}</script>`,
  `<!--<script>${CALL}`,
  `</title><img src=x onerror="${CALL}">`,
  `"><svg onload="${CALL}">`,
  `javascript:${CALL}`,
  '__proto__',
  'constructor',
  '\u2028\u2029\u0000\u202e\ud800',
  '${' + CALL + '}',
  'x'.repeat(200_000),
);
const values: fc.Arbitrary<unknown> = fc.oneof(
  texts,
  fc.constantFrom(null, true, -1, 1e308, 0.5, '', [], {}),
  fc.constant({ ['__proto__']: { hacked: true }, constructor: { prototype: 1 } }),
  fc.integer({ min: 2, max: 3000 }).map((depth) => JSON.parse(nested(depth)) as unknown),
);

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

/** Every place of a document, as a list of keys. */
function placesOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  return [
    ...(path.length === 0 ? [] : [[...path]]),
    ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key])),
  ];
}

function put(document: unknown, path: readonly string[], value: unknown): void {
  const last = path.at(-1) ?? '';
  let place = document;
  for (const key of path.slice(0, -1)) place = Reflect.get(Object(place), key);
  if (typeof place === 'object' && place !== null) Reflect.set(place, last, value);
}

const places = placesOf(JSON.parse(GOLDEN));
const isText = (path: readonly string[]): boolean => {
  let value: unknown = JSON.parse(GOLDEN);
  for (const key of path) value = Reflect.get(Object(value), key);
  return typeof value === 'string';
};
/** Texts that nothing else in a trace has to agree with. */
const FREE =
  /^(message|expected|actual|bounds|judge|implementation|field|from|to|text|result|object|kind|event|state|fault|package|spec)$/;
const freePlaces = places.filter((path) => isText(path) && FREE.test(path.at(-1) ?? ''));

/** Mostly texts where texts belong, since those get far; else anything anywhere, or half a file. */
const hostile = fc
  .oneof(
    {
      weight: 7,
      arbitrary: fc.array(fc.tuple(fc.constantFrom(...freePlaces), texts), {
        minLength: 1,
        maxLength: 12,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.array(fc.tuple(fc.constantFrom(...places), values), {
        minLength: 1,
        maxLength: 4,
      }),
    },
  )
  .map((edits) => {
    const document: unknown = JSON.parse(GOLDEN);
    for (const [path, value] of edits) put(document, path, value);
    return JSON.stringify(document);
  });
const files = fc.oneof(
  { weight: 9, arbitrary: hostile },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 0, max: GOLDEN.length }).map((end) => GOLDEN.slice(0, end)),
  },
);

test(`${HOSTILE} hostile traces give a message or a page in which nothing runs`, async () => {
  const counts = { refused: 0, pages: 0 };
  const opened: string[] = [];
  const { page, complaints, requests } = await openAddress(browser, 'about:blank');
  const traces = fc.sample(files, { numRuns: HOSTILE, seed: 20_240_612 });
  for (const [index, text] of traces.entries()) {
    const file = join(folder, `${index}.json`);
    const html = join(folder, `${index}.html`);
    writeFileSync(file, text);
    const { status, stderr } = await runHere('show', file, '--html', html);
    if (status !== 0) {
      expect(status).toBe(2);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toMatch(/expected|there is|contradict|no |not /);
      counts.refused += 1;
      continue;
    }
    counts.pages += 1;
    expectInert(readFileSync(html, 'utf8'));
    if (opened.length >= OPENED_MAX) continue;
    const { href } = pathToFileURL(html);
    opened.push(href);
    await page.goto(href);
    await page.locator('.detail').waitFor();
    await page.keyboard.press('End');
    await page.keyboard.press('Home');
    expect(await page.evaluate(() => Reflect.get(globalThis, 'hacked'))).toBeUndefined();
    expect(await page.evaluate(() => document.scripts.length)).toBe(2);
    expect(complaints).toEqual([]);
    expect(requests).toEqual(opened);
  }
  expect(counts.refused).toBeGreaterThan(40);
  expect(counts.pages).toBeGreaterThan(60);
  expect(opened.length).toBeGreaterThan(40);
});

declare const document: { readonly scripts: { readonly length: number } };

/** Two scripts, of which one is data, and no other element that the trace has brought. */
function expectInert(html: string): void {
  expect(html.match(/<script/g)).toHaveLength(2);
  expect(html.match(/<\/script>/g)).toHaveLength(2);
  expect(html).not.toMatch(/<(img|svg|iframe|object|embed)\b/);
}

test('the policy stops a script that is put into a page', async () => {
  const html = join(folder, 'injected.html');
  const file = join(folder, 'sound.json');
  writeFileSync(file, GOLDEN);
  await runHere('show', file, '--html', html);
  const page = readFileSync(html, 'utf8');
  writeFileSync(
    html,
    page.replace('</body>', `<script>${CALL}</script><img src=x onerror="${CALL}"></body>`),
  );
  const opened = await openFile(browser, html);
  await opened.page.locator('.detail').waitFor();
  expect(await opened.page.evaluate(() => Reflect.get(globalThis, 'hacked'))).toBeUndefined();
  expect(opened.complaints.join('\n')).toContain('Content Security Policy');
});
