import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readTraceFile } from '../traces/read.ts';
import { runHere } from './in-process.ts';

// The verbs that need an engine: here only that words, output and exit codes fit together.

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const golden = fileURLToPath(new URL('../traces/golden/', import.meta.url));
const kernel = fileURLToPath(new URL('../traces/kernel/', import.meta.url));
const FAULT = 'fence-046-no-second-look';
const home = process.cwd();
let folder = '';

function run(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, NO_COLOR: '1' };
  return spawnSync(process.execPath, [main, ...words], { cwd: folder, env, encoding: 'utf8' });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-cli-'));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

describe('check', () => {
  test('says within which bounds it found nothing, and writes its report', async () => {
    const { status, stdout } = await runHere(
      'check',
      'FENCE-046',
      '--seed',
      '7',
      '--json',
      'report.json',
    );
    expect(stdout).toMatch(/^no violation within these bounds: \d+ runs, \d+ steps.*, seed 7$/m);
    expect(status).toBe(0);
    const report: unknown = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
    expect(report).toMatchObject({ seed: 7, pattern: 'FENCE-046', findings: [] });
  });

  test('counts programs about memory for each memory model, and lists what is not modelled', async () => {
    const { status, stdout } = await runHere('check', 'memory-mp', '--json', 'report.json');
    expect(status).toBe(0);
    expect(stdout).toContain('memory      6 of 6 reproduced under sc, 6 of 6 under tso');
    expect(stdout).toContain('litmus/memory-mp: not modelled: B 1 0 (');
    const report: unknown = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
    const six = { total: 6, reproduced: 6 };
    const windows = { total: 0, reproduced: 0 };
    expect(report).toMatchObject({
      litmus: { total: 0, memory: { sc: six, tso: six, windows, notModelled: 3 } },
    });
  });

  test('shows a violation, keeps its trace, and the trace replays', () => {
    const { status, stdout } = run('check', 'FENCE-046', '--fault', FAULT);
    expect(stdout).toMatch(/^ FAIL {2}FENCE-/);
    expect(stdout).toMatch(/^\d+ violations? in /m);
    expect(status).toBe(1);
    const [name] = readdirSync(join(folder, 'traces/found'));
    const again = run('replay', join('traces/found', name ?? ''));
    expect(again.stdout).toContain('replayed the same run, step for step');
    expect(again.status).toBe(1);
  });

  test('takes a fault from a module', async () => {
    const registry = new URL('../properties/faults/registry.js', pathToFileURL(main));
    writeFileSync(
      join(folder, 'mine.mjs'),
      `import { findFault } from ${JSON.stringify(registry.href)};
       export const fault = { ...findFault('${FAULT}'), id: 'mine' };`,
    );
    const { status, stdout } = await runHere('check', 'FENCE-046', '--fault', './mine.mjs');
    expect(stdout).toContain('  fault    mine (seeded)');
    expect(status).toBe(1);
  });

  test('says which step differs when equal choices give unequal runs', async () => {
    writeFileSync(
      join(folder, 'forgetful.mjs'),
      `let signals = 0;
       export const fault = {
         id: 'forgetful', mistake: 'worlds share a counter', breaks: ['FENCE-027'],
         install: (types) => ({
           DmaFence: class extends types.DmaFence {
             *signal() {
               signals += 1;
               if (signals % 2 === 0) yield* this.flags.test(1);
               return yield* super.signal();
             }
           },
         }),
       };`,
    );
    const words = ['explore', '--setup', 'f = fence.create()', '--task', 'A: fence.signal(f)'];
    const fault = ['--fault', './forgetful.mjs', '--strategy', 'random', '--runs', '1'];
    const { status, stderr } = await runHere(...words, ...fault);
    expect(stderr).toContain('this is a defect of the program itself');
    expect(stderr).toContain('with the same choices, ');
    expect(stderr).toContain('step 1 (A: test f.flags), not step 1 (A: spin_lock f.issuer.lock)');
    expect(status).toBe(3);
  });

  test('finds what Linux 6.12 does wrong, and says that it is about that kernel', async () => {
    const { status, stdout } = await runHere('check', '--kernel-6.12', '--json', 'kernel.json');
    expect(stdout).toMatch(
      /^Linux 6\.12 \(KERN-SWSYNC-02\): an increment [^]*\n FAIL {2}.*SWSYNC-022/m,
    );
    expect(stdout).toMatch(/^(\d+) of \1 known flaws of Linux 6\.12 found in /m);
    expect(stdout).toContain('was not checked');
    expect(status).toBe(1);
    const report: unknown = JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8'));
    expect(report).toMatchObject({ kernel: '6.12', seed: 1 });
    const [, file = ''] = /replay (traces\/found\/SWSYNC-022\S+)/.exec(stdout) ?? [];
    expect((await runHere('replay', file)).stdout).toContain(
      'replayed the same run, step for step',
    );
  });

  test.each([
    [['check', 'NOPE-1'], "unknown pattern 'NOPE-1'"],
    [['check', '--seed', '-1'], "option '--seed <number>' argument '-1' is invalid."],
    [['check', '--kernel-6.12', '--fault', FAULT], '--kernel-6.12 seeds faults of its own'],
    [['check', '--kernel-6.12', 'FENCE-046'], "unknown flaw of Linux 6.12 'FENCE-046'"],
    [['check', '--budget', '1e3'], "option '--budget <steps>' argument '1e3' is invalid."],
    [['check', '--fault', 'fence-046-no-second-lok'], `did you mean ${FAULT}`],
    [['check', '--fault', './none.mjs'], './none.mjs: cannot be loaded as a module'],
    [['check', 'FENCE-046', '--json', 'no/such/folder'], 'no/such/folder: cannot be written'],
    [['conform', 'none.jsonl'], 'none.jsonl: '],
    [['replay', 'none.json'], 'none.json: does not exist; expected a trace file'],
    [['replay', join(golden, 'deadlock.json')], 'fault: there is no fault "callbacks-readd'],
    [['selftests', '--most'], "unknown option '--most'"],
  ])('%j is wrong use', async (words, message) => {
    const { status, stderr } = await runHere(...words);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(status).toBe(2);
  });
});

describe('replay', () => {
  const changed = (change: (text: string) => string): string => {
    const file = join(folder, 'changed.json');
    writeFileSync(file, change(readFileSync(join(golden, 'race.json'), 'utf8')));
    return file;
  };

  test('of a trace of other code says where it is stale, and searches again', async () => {
    const file = changed((text) => text.replaceAll('"test f1.flags"', '"peek f1.flags"'));
    const { status, stdout } = await runHere('replay', file);
    expect(stdout).toMatch(/^stale at step 1: no "peek f1\.flags" there any more\n/);
    expect(stdout).toMatch(/still fails:\n FAIL {2}FENCE-[^]*\n {2}fault +fence-046/);
    const kept = /replay (traces\/found\/\S+)/.exec(stdout)?.[1] ?? '';
    expect(readTraceFile(join(folder, kept)).fault).toBe(FAULT);
    expect(status).toBe(1);
  });

  test('of a stale trace whose program passes says within which bounds', async () => {
    const file = changed((text) =>
      text.replaceAll('"test f1.flags"', '"peek f1.flags"').replace(`"${FAULT}"`, 'null'),
    );
    const { status, stdout } = await runHere('replay', file);
    expect(stdout).toMatch(/^stale at step 1: .*\n.*no violation within these bounds: \d+ runs, /);
    expect(stdout).toMatch(/\n {2}bounds +every schedule with at most 2 preemptions/);
    expect(status).toBe(0);
  });

  test('of a mended defect says so', async () => {
    const file = changed((text) => text.replace(`"fault": "${FAULT}"`, '"fault": null'));
    const { status, stdout } = await runHere('replay', file);
    expect(stdout).toMatch(/^no violation with these choices any more/);
    expect(status).toBe(0);
  });

  test('of a program that makes no sense is wrong use', async () => {
    const file = changed((text) => text.replaceAll('fence.signal', 'fence.sgnal'));
    const { status, stderr } = await runHere('replay', file);
    expect(stderr).toBe(`dmabuf-verify: ${file}: program: there is no operation fence.sgnal\n`);
    expect(status).toBe(2);
  });
});

test('conform compares with recordings', async () => {
  const files = readdirSync(kernel).filter((name) => name.includes('swpure'));
  const paths = files.map((name) => join(kernel, name));
  const { status, stdout } = await runHere('conform', ...paths, '--json', 'conform.json');
  expect(stdout).toMatch(/^(\d+) of \1 recorded programs agree\n {2}swpure /);
  expect(status).toBe(0);
  const report: unknown = JSON.parse(readFileSync(join(folder, 'conform.json'), 'utf8'));
  expect(report).toMatchObject({ disagreed: 0, cut: 0 });
});

test("selftests runs the kernel's scenarios", async () => {
  const { status, stdout } = await runHere('selftests');
  expect(stdout).toMatch(/^ pass {2}ST-/);
  expect(stdout).toMatch(/^(\d+) of \1 scenarios pass$/m);
  expect(status).toBe(0);
});
