import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { runHere } from './in-process.ts';

const home = process.cwd();
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-explore-'));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

const OWN = [
  '--setup',
  'f = fence.create()',
  '--task',
  'A: fence.wait(f)',
  '--task',
  'B: fence.signal(f)',
];

describe('explore', () => {
  test('lists the outcomes of a litmus program and says that none was left out', async () => {
    const { status, stdout } = await runHere('explore', 'race-02-add-signal');
    expect(status).toBe(0);
    expect(stdout).toContain('outcomes    3');
    expect(stdout).toContain('A 0; B 0, cb 1, f armed');
    expect(stdout).toContain('no schedule was left out');
    // States are known by 64 bits of each, and that is said.
    expect(stdout).toMatch(
      /, \d+ states, \d+ edges, known by hashes: with probability \d\.\de-1\d one was overlooked\n/,
    );
  });

  test('shows the same outcomes whatever finds them', async () => {
    const outcomes: string[] = [];
    for (const strategy of ['stateful', 'dpor', 'all', 'bounded']) {
      const { stdout } = await runHere('explore', ...OWN, '--strategy', strategy);
      outcomes.push(stdout.match(/A:0 B:0/g)?.join() ?? 'none');
    }
    expect(outcomes).toEqual(['A:0 B:0', 'A:0 B:0', 'A:0 B:0', 'A:0 B:0']);
  });

  test('partial-order reduction says what it has spared', async () => {
    const { status, stdout } = await runHere('explore', ...OWN, '--strategy', 'dpor');
    expect(status).toBe(0);
    expect(stdout).toMatch(/\d+ redundant runs?, \d+ choices? pruned/);
    expect(stdout).toContain('every schedule is equivalent to one of these');
  });

  test.each(['stateful', 'dpor'])('%s says that a program has too many tasks', async (strategy) => {
    const tasks = [...Array(35).keys()].flatMap((n) => ['--task', `T${n}: fence.isSignaled(f)`]);
    const options = ['--setup', 'f = fence.create()', ...tasks, '--strategy', strategy];
    const { status, stderr } = await runHere('explore', ...options);
    expect(status).toBe(2);
    expect(stderr).toContain('room for 31 tasks');
  });

  test.each(['stateful', 'dpor', 'all', 'pos'])(
    '%s finds a data race, and says how to see it again',
    async (strategy) => {
      const tasks = ['--task', 'A: word.write(x, 1)', '--task', 'B: word.write(x, 2)'];
      const options = ['--setup', 'x = word.create(0)', ...tasks, '--strategy', strategy];
      const { status, stdout } = await runHere('explore', ...options);
      expect(status).toBe(1);
      expect(stdout).toContain(
        'data race on x: A: plain write at step 1, and B: plain write at step 2',
      );
      const [, kept = ''] = /replay (\S+\.json)/.exec(stdout) ?? [];
      const replayed = await runHere('replay', kept);
      expect(replayed.status).toBe(1);
      expect(replayed.stdout).toContain('data race on x');
    },
  );

  test('tasks of another process are shown as such, and replayed in it', async () => {
    const setup = 'v = drm.device(vgem); d = drm.open(v); sys.fork(child)';
    const tasks = ['--task', 'A: dumb.create(d)', '--task', 'child/B: gem.close(d, 1)'];
    const fault = ['--fault', 'BUG-VGEM-02'];
    const { status, stdout } = await runHere('explore', '--setup', setup, ...tasks, ...fault);
    expect(status).toBe(1);
    expect(stdout).toContain('(in process child)');
    const [, kept = ''] = /replay (\S+\.json)/.exec(stdout) ?? [];
    const replayed = await runHere('replay', kept, ...fault);
    expect(replayed.status).toBe(1);
    expect(replayed.stdout).toContain('replayed the same run, step for step');
  });

  test('a sample, or a bound that was met, is partial', async () => {
    const sampled = await runHere('explore', ...OWN, '--strategy', 'pct', '--runs', '5');
    expect(sampled.status).toBe(4);
    expect(sampled.stdout).toContain('other schedules were left out');
    const cut = await runHere('explore', ...OWN, '--states', '2');
    expect(cut.status).toBe(4);
    const level = await runHere('explore', ...OWN, '--strategy', 'bounded', '--preemptions', '0');
    expect(level.stdout).toContain('every schedule with 0 preemptions');
  });

  test('a fault is shown with its counterexample, and the report has it', async () => {
    const { status, stdout } = await runHere(
      'explore',
      'race-02-add-signal',
      ...['--fault', 'fence-046-no-second-look', '--json', 'report.json'],
    );
    expect(status).toBe(1);
    expect(stdout).toContain('FENCE-046');
    expect(stdout).toContain('⇄');
    const report: unknown = JSON.parse(readFileSync('report.json', 'utf8'));
    expect(report).toMatchObject({ program: 'litmus/race-02-add-signal' });
  });

  test('shows what late stores do to a program about memory, and knows the outcomes of both', async () => {
    const strict = await runHere('explore', 'memory-sb');
    expect(strict).toMatchObject({ status: 0 });
    expect(strict.stdout).not.toContain('A 0; B 0');
    const late = await runHere('explore', 'memory-sb', '--memory', 'tso');
    expect(late).toMatchObject({ status: 0 });
    expect(late.stdout).toContain('A 0; B 0');
  });

  test.each([
    [['explore'], /no program/],
    [['explore', 'race-02'], /race-02/],
    [['explore', 'race-02-add-signal', ...OWN], /expected them, or the name 'race-02-add-signal'/],
    [['explore', '--task', 'fence.signal(f)'], /expected "name: calls"/],
    [['explore', '--task', 'A: fence.signal(f)'], /f is no DmaFence/],
    [['explore', '--task', 'A: fence.signal('], /not a call/],
    [['explore', ...OWN, '--task', 'A: fence.wait(f)'], /task A already/],
    [['explore', ...OWN, '--serve', '--json', 'x'], /--serve searches nothing; .* no --json/],
    [['explore', 'race-02', '--serve'], /program or system/],
    [['explore', 'fence with callers', '--serve'], /several systems have 'fence with callers'/],
    [['explore', 'callbacks', '--serve', '--memory', 'tso'], /'callbacks' is a system/],
    [['explore', '--task', 'A: fence.signal(f)', '--serve'], /f is no DmaFence/],
  ])('%j is wrong use, in one line', async (words, message) => {
    const { status, stderr } = await runHere(...words);
    expect(status).toBe(2);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(message);
  });
});
