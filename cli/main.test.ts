import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { runHere } from './in-process.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const race = 'traces/golden/race.json';

function run(words: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined, ...environment };
  return spawnSync(process.execPath, [main, ...words], { cwd: root, env, encoding: 'utf8' });
}

describe('wrong use ends with 2 and one line on standard error', () => {
  test.each<[string[], string]>([
    [[], 'no verb; expected one of '],
    [['shwo'], "unknown command 'shwo' (Did you mean show?)"],
    [['\u001b[2J'], "unknown command '\\u{1b}[2J'"],
    [['--shout'], "unknown option '--shout'"],
    [['show'], "missing required argument 'trace'"],
    [['show', race, race], "too many arguments for 'show'. Expected 1 argument but got 2."],
    [['show', '--loud', race], "unknown option '--loud'"],
    [['show', 'none.json'], 'none.json: does not exist; expected a trace file'],
    [['show', 'traces'], 'traces: is a folder; expected a trace file'],
    [
      ['show', 'package.json'],
      'package.json: format: found nothing; expected "dmabuf-verify-trace"',
    ],
    [['show', 'LICENSE'], 'LICENSE:1:1: found "M"; expected a value'],
    [['export'], 'no trace; expected a trace file, --machine or --list'],
    [['export', race], 'no format; expected --format with one of '],
    [['export', race, '--format', 'sarf'], "unknown format 'sarf'; did you mean sarif?"],
    [['export', race, '--format', 'dot'], "format 'dot' is one of machines; expected --machine"],
    [['export', race, '--machine', 'fence'], 'a trace and --machine: expected one of them'],
    [['export', '--machine', 'fense'], "unknown machine 'fense'; did you mean fence"],
    [['export', '--machine', 'fence', '--format', 'itf'], "no format 'itf' of machines; expected"],
    [['where'], "missing required argument 'symbol'"],
    [
      ['where', 'dma_fence_add_callbak'],
      "unknown kernel symbol 'dma_fence_add_callbak'; did you mean dma_fence_add_callback",
    ],
    [['rules', 'FENCE-999'], "unknown rule 'FENCE-999'; did you mean FENCE-099"],
  ])('%j', async (words, message) => {
    const { status, stdout, stderr } = await runHere(...words);
    expect(stderr).toContain(`dmabuf-verify: ${message.slice(0, 40)}`);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});

test.each([['--help'], ['--version'], ['show --help']])('%s ends with 0', async (words) => {
  const { status, stdout, stderr } = await runHere(...words.split(' '));
  expect(stdout).toMatch(words === '--version' ? /^\d+\.\d+\.\d+\n$/ : /^Usage: dmabuf-verify/);
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

describe('show', () => {
  test('prints the report of a trace', () => {
    const { status, stdout, stderr } = run(['show', race]);
    const golden = readFileSync(new URL('../traces/golden/race.txt', import.meta.url), 'utf8');
    expect(stdout).toBe(golden.replace('traces/found/race.json', race));
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test('colours it when it is told to', () => {
    expect(run(['show', race], { FORCE_COLOR: '1' }).stdout).toContain('\u001b[31mFAIL');
    expect(run(['show', race], { CI: 'true' }).stdout).not.toContain('\u001b');
  });

  test('ends quietly when nobody reads on', async () => {
    const child = spawn(process.execPath, [main, 'show', race], { cwd: root });
    child.stdout.destroy();
    let complaint = '';
    child.stderr.on('data', (chunk) => (complaint += String(chunk)));
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect({ status, complaint }).toEqual({ status: 0, complaint: '' });
  });
});

describe('where', () => {
  test('names code and rules of a kernel function', async () => {
    const { status, stdout } = await runHere('where', 'dma_fence_add_callback');
    expect(stdout).toMatch(/^dma_fence_add_callback\n {2}impl\/dma-buf\/[\w-]+\.ts:\d+ {2}\w+/);
    expect(stdout).toMatch(/^rules:\n(?:.+\n)* {2}FENCE-046 \[conc\] Add racing with signal/m);
    expect(stdout).toContain('rules that name it, with code elsewhere or none:\n');
    expect(stdout).toMatch(/^properties:\n(?:.+\n)* {2}FENCE-046 {2}An accepted callback/m);
    expect(stdout).toMatch(/^litmus programs:\n(?:.+\n)* {2}litmus\/race-02-add-signal$/m);
    expect(stdout).toMatch(/^faults that break them:\n(?:.+\n)* {2}fence-046-no-second-look /m);
    expect(status).toBe(0);
  });

  test.each(['struct dma_fence', 'dma_fence', 'dma_fence()'])('takes %j', async (symbol) => {
    const { status, stdout } = await runHere('where', symbol);
    expect(stdout).toMatch(/^dma_fence\n {2}impl\//);
    expect(status).toBe(0);
  });

  test('says when a function is known and not built', async () => {
    const { status, stdout } = await runHere('where', 'ww_acquire_done');
    expect(stdout).toContain('rules that name it');
    expect(status).toBe(0);
  });
});

describe('rules', () => {
  test('lists the families', async () => {
    const { status, stdout } = await runHere('rules');
    expect(stdout).toMatch(/^\d+ rules in \d+ families\n {2}FENCE +\d+ rules +(\d+) of \1 have/);
    expect(status).toBe(0);
  });

  test.each([
    ['FENCE-046', /^FENCE-046 \[conc\] Add racing[^]*\n {2}code +impl\/dma-buf\/fence-signal\.ts:/],
    ['fence-046', /^FENCE-046 \[conc\]/],
    ['FENCE-046', /\n {2}state +checked[^]*\n {2}witness +accepted \d+×[^]*second-look[^]*caught/],
    ['UNWRAP', /^ {2}UNWRAP-001 \[seq\][^]*\n {6}checked: [^]*\n\d+ of \d+ checked \(\d+ %\)\n$/],
    ['BUG-FENCE-05', /^BUG-FENCE-05 lost wakeup[^]*\n {2}mechanism [^]*\n {2}breaks /],
    ['RACE-30', /^RACE-30 /],
  ])('shows %s', async (id, expected) => {
    const { status, stdout } = await runHere('rules', id);
    expect(stdout).toMatch(expected);
    expect(status).toBe(0);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });
});
