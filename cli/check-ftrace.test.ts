import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { DOMParser } from '@xmldom/xmldom';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { runHere } from './in-process.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const right = join(root, 'docs/examples/ftrace.log');
const wrong = join(root, 'docs/examples/wrong-ftrace.log');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-ftrace-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

test('the guide shows what is printed', async () => {
  const { status, stdout } = await runHere('check-ftrace', wrong);
  expect(status).toBe(1);
  const guide = readFileSync(join(root, 'docs/ftrace.md'), 'utf8');
  const [, shown] =
    /<!-- what check-ftrace prints [^>]*-->\n\n```text\n([^]*?)```/.exec(guide) ?? [];
  expect(shown).toBe(stdout);
});

test('nothing is found in a whole log, and twice the same is said', async () => {
  const first = await runHere('check-ftrace', right);
  expect(first).toMatchObject({ status: 0, stderr: '' });
  expect(first.stdout).toContain('no violation in what this log shows');
  expect(await runHere('check-ftrace', right)).toEqual(first);
});

test('lost events and lines that are not understood leave something open', async () => {
  const text = readFileSync(right, 'utf8');
  for (const extra of ['CPU:1 [EVENTS DROPPED]', 'what is \u001b[2J this']) {
    const { status, stdout } = await runHere(
      'check-ftrace',
      written('open.log', `${text}${extra}\n`),
    );
    expect(status).toBe(4);
    expect(stdout).toMatch(/lost events: 0 or more|1 line not understood/);
    expect(stdout).not.toContain('\u001b');
  }
});

test('a clock without seconds leaves a rule open, and that is said', async () => {
  const ticks = readFileSync(right, 'utf8').replaceAll(/(\d+)\.(\d{6}):/g, '$1$2:');
  const { status, stdout } = await runHere('check-ftrace', written('ticks.log', ticks));
  expect(stdout).toContain('depend on was not judged: the clock has no seconds');
  expect(status).toBe(0);
  expect((await runHere('check-ftrace', right)).stdout).not.toContain('clock');
});

test('what cannot be, but breaks no rule of the catalogue, is shown', async () => {
  const blank = (seq: number): string =>
    ` x-1 [000] 1.000001: drm_vblank_event: crtc=0, seq=${seq}\n`;
  const log = written('back.log', blank(6) + blank(5));
  const { status, stdout } = await runHere('check-ftrace', log);
  expect(status).toBe(1);
  expect(stdout).toContain(' FAIL  no rule of its own  vertical blank 5 of crtc 0 comes behind 6');
});

test('the picture has one part for each histogram, and names are text', async () => {
  const svg = join(folder, 'times.svg');
  const json = join(folder, 'report.json');
  const log = readFileSync(right, 'utf8').replaceAll('glxgears', '<b>&"\u00e4');
  await runHere('check-ftrace', written('names.log', log), '--svg', svg, '--json', json);
  const picture = new DOMParser().parseFromString(readFileSync(svg, 'utf8'), 'image/svg+xml');
  const titles = [...picture.getElementsByTagName('text')].filter(
    (text) => text.getAttribute('class') === 'title',
  );
  expect(titles.map(({ textContent }) => textContent?.replace(/:.*/, ''))).toEqual([
    'init to signal',
    'wait',
    'queue to run',
    'run to done',
  ]);
  expect(picture.getElementsByTagName('rect').length).toBeGreaterThan(4);
  const report = JSON.parse(readFileSync(json, 'utf8')) as { events: number; violations: object[] };
  expect(report).toMatchObject({ events: 18, violations: [] });
});

describe('wrong use: one line', () => {
  test.each([
    ['empty.log', '', 'has no line of an event'],
    ['nul.log', '\0'.repeat(100_000), 'has no line of an event'],
    ['binary.log', '\u0017\bDtracing6\0\0'.repeat(1000), 'has no line of an event'],
    ['other.log', ' task-1 [000] 1.000001: sched_switch: x\n', 'has no event of dma_fence'],
  ])('%s', async (name, text, message) => {
    const { status, stdout, stderr } = await runHere('check-ftrace', written(name, text));
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test.each([
    ['nothing-here.log'],
    [tmpdir()],
    [right, '--cards', '0'],
    [right, '--svg', join(tmpdir(), 'no', 'such', 'folder.svg')],
  ])('%s %s %s', async (...words) => {
    const { status, stderr } = await runHere('check-ftrace', ...words);
    expect(status).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
