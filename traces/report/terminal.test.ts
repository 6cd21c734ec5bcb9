import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { readTraceFile } from '../read.ts';
import type { Trace, TraceStep } from '../trace.ts';
import { terminalReport } from './terminal.ts';

const golden = new URL('../golden/', import.meta.url);
const names = readdirSync(golden)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace('.json', ''));
const load = (name: string): Trace => readTraceFile(new URL(`${name}.json`, golden).pathname);
const race = load('race');

const plain = (trace: Trace): string => terminalReport(trace, { file: null, color: false });
const longestLine = (text: string): number =>
  Math.max(...text.split('\n').map((line) => line.length));

function step(task: string, access: string, more: Partial<TraceStep> = {}): TraceStep {
  return { task, context: 'process', access, alternative: 0, changes: [], call: null, ...more };
}

/** A trace with these steps and nothing that refers to others. */
function withSteps(steps: readonly TraceStep[], more: Partial<Trace> = {}): Trace {
  const verdict = { ...race.verdict, step: null, deciding: null };
  const empty = { choices: [], calls: [], events: [], violations: [], blocked: [], end: [] };
  return { ...race, ...empty, steps, verdict, ...more };
}

describe.each(names)('the golden report of %s', (name) => {
  const trace = load(name);
  const file = `traces/found/${name}.json`;

  test('is as it was (UPDATE_GOLDEN=1 writes it)', () => {
    const kept = new URL(`${name}.txt`, golden);
    const report = terminalReport(trace, { file, color: false });
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(kept, report);
    expect(report).toBe(readFileSync(kept, 'utf8'));
  });

  test('fits into 100 columns and has no loose ends', () => {
    const report = terminalReport(trace, { file, color: false });
    expect(longestLine(report)).toBeLessThanOrEqual(100);
    expect(report).not.toMatch(/ $/m);
  });

  test('says the same in colour', () => {
    const report = terminalReport(trace, { file, color: true });
    // oxlint-disable-next-line no-control-regex
    const bare = report.replaceAll(/\u001b\[[0-9;]*m/g, '').replaceAll(/ +$/gm, '');
    expect(report).toContain('\u001b[');
    expect(bare).toBe(terminalReport(trace, { file, color: false }));
  });
});

describe('lanes', () => {
  test('a run of steps without effect is folded, and says so', () => {
    const quiet = Array.from({ length: 44 }, () => step('A', 'test f1.flags'));
    const loud = step('A', 'set f1.flags', {
      changes: [{ field: 'f1.flags', from: '0', to: 'X' }],
    });
    const report = plain(withSteps([...quiet, loud]));
    expect(report).toContain('… 40 steps of A, nothing shared changed …');
    expect(report.match(/test f1\.flags/g)).toHaveLength(4);
    expect(report).toContain('\n    45  set f1.flags   f1.flags  0 → X\n');
  });

  test('a short run is not folded', () => {
    const report = plain(withSteps(Array.from({ length: 10 }, () => step('A', 'test f1.flags'))));
    expect(report).not.toContain('…');
  });

  test('a very long trace loses its middle, but not the parting step', () => {
    const changes = [{ field: 'f1.count', from: '0', to: '1' }];
    const steps = Array.from({ length: 9000 }, () => step('A', 'inc f1.count', { changes }));
    const verdict = { ...race.verdict, step: 4500, deciding: null };
    const report = plain(withSteps(steps, { verdict }));
    expect(report.split('\n').length).toBeLessThan(300);
    expect(report).toContain('▶ 4500  inc f1.count');
    expect(report).toMatch(/… 43\d\d lines left out; the trace file has all steps …/);
    expect(report).toContain('  9000  inc f1.count');
  });

  test('more tasks than fit side by side share a column', () => {
    const tasks = ['reader', 'writer', 'timer', 'irq', 'worker', 'waiter'];
    const access = 'spin_lock fence:0.1.0.issuer.lock';
    const report = plain(withSteps(tasks.map((task) => step(task, access))));
    expect(report).toContain('6 tasks do not fit side by side, so each line names its task.');
    expect(report).toContain('     2  writer  spin_lock fence:0.1.0.issuer.lock');
    expect(longestLine(report)).toBeLessThanOrEqual(100);
  });

  test('long texts are broken, never cut', () => {
    const long = `read ${'nested.'.repeat(20)}flags`;
    const changes = [{ field: 'object.with.a.very.long.field.name', from: 'x'.repeat(90), to: '' }];
    const report = plain(withSteps([step('A', long, { changes }), step('B', long)]));
    expect(longestLine(report)).toBeLessThanOrEqual(100);
    expect(report.match(/nested\./g)).toHaveLength(40);
    expect(report.match(/x/g)?.length).toBeGreaterThanOrEqual(90);
  });

  test('who goes on, and why', () => {
    const steps = [step('A', 'a'), step('irq', 'b', { context: 'hardirq' }), step('A', 'c')];
    const more = [step('B', 'd'), step('A', 'e'), step('B', 'f')];
    const [a, b] = race.program.tasks;
    if (a === undefined || b === undefined) throw new Error('the golden race has two tasks');
    const irq = { ...a, name: 'irq', context: 'hardirq' as const, calls: [] };
    const call = { task: 'A', call: 1, op: 'x', text: 'x()', begin: 1, end: null, result: null };
    const trace = withSteps(
      [...steps, ...more].map((each) => (each.task === 'A' ? { ...each, call: 1 } : each)),
      {
        program: { ...race.program, tasks: [a, b, irq] },
        calls: [call],
        choices: [{ step: 4, task: 'B', access: 'd', alternative: 0 }],
        blocked: [{ task: 'A', at: 'mutex_lock r1.lock', why: 'r1.lock is held by B' }],
      },
    );
    const report = plain(trace);
    expect(report).toContain('⇄  interrupted by irq');
    expect(report).toContain('⇄  preempted by B');
    expect(report).toContain('⇄  waits; B goes on');
    expect(report).toContain('blocked  A at mutex_lock r1.lock: r1.lock is held by B');
  });

  test('an outcome that nature picked is named', () => {
    const report = plain(withSteps([step('A', 'allocate from memory', { alternative: 1 })]));
    expect(report).toContain('allocate from memory (outcome 1)');
  });

  test('a trace without steps is shown', () => {
    expect(plain(withSteps([]))).toContain('  no step was taken\n');
  });
});

describe('texts of a hostile trace', () => {
  test('do not reach the terminal as they are', () => {
    const evil = '\u001b]0;owned\u0007\r\n\u009b2J\u202e\u2028\ud800';
    const poison = (value: unknown): unknown => {
      if (typeof value === 'string') return `${value}${evil}`;
      if (Array.isArray(value)) return value.map(poison);
      if (typeof value !== 'object' || value === null) return value;
      const entries = Object.entries(value);
      return Object.fromEntries(entries.map(([key, item]) => [key, poison(item)]));
    };
    const args = { [evil]: evil };
    const setup = [{ op: evil, args, out: evil }];
    const trace = { ...(poison(race) as Trace), program: { ...race.program, setup } };
    const report = terminalReport(trace, { file: evil, color: false });
    // oxlint-disable-next-line no-control-regex
    const unsafe = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e\ud800-\udfff]/;
    expect(report).not.toMatch(unsafe);
    expect(report).toContain('\\u{1b}]0;owned\\u{7}\\u{d}\\u{a}');
  });

  test('are quoted in the command', () => {
    const report = terminalReport(race, { file: "a b'$(rm).json", color: false });
    expect(report).toContain(`npx dmabuf-verify replay 'a b'\\''$(rm).json'`);
  });

  test('do not overflow the stack by their number', () => {
    const changes = Array.from({ length: 200_000 }, () => ({ field: 'f', from: '0', to: '1' }));
    const violation = { step: 1, task: 'A', kind: 'warn', message: 'w', object: null };
    const violations = Array.from({ length: 200_000 }, () => violation);
    const report = plain(withSteps([step('A', 'x', { changes })], { violations }));
    expect(report).toContain('(and 199988 more changes)');
    expect(report.split('\n').length).toBeLessThan(700);
  });
});

describe('sections', () => {
  test('a finding without a rule is named after its judge', () => {
    const verdict = { ...race.verdict, rules: [], judge: 'deadlock', message: 'nothing can run' };
    expect(plain({ ...race, verdict })).toMatch(/^ FAIL {2}deadlock {2}nothing can run\n/);
  });

  test('several rules are all named', () => {
    const verdict = { ...race.verdict, rules: ['FENCE-042', 'FENCE-046'] };
    expect(plain({ ...race, verdict })).toMatch(/^ FAIL {2}FENCE-042, FENCE-046 {2}/);
  });

  test('calls that were not reached are shown as the program has them', () => {
    const calls = [{ op: 'fence.wait', args: { fence: 'f1', list: [1, null] }, out: 'left' }];
    const tasks = [{ name: 'A', context: 'process' as const, cpu: 0, calls }];
    const report = plain(withSteps([], { program: { ...race.program, tasks } }));
    expect(report).toContain('    A         left = fence.wait(fence: f1, list: [1, null])');
  });

  test('a machine that is not the plain one is described', () => {
    const world = {
      time: 'free',
      failuresMax: 2,
      interruptionsMax: 1,
      lockProving: false,
      memory: 'tso',
    } as const;
    const report = plain({ ...race, program: { ...race.program, world } });
    expect(report.replaceAll(/\s+/g, ' ')).toContain(
      'program waiter-and-signaler (timers fire at any step, at most 2 failed allocations, ' +
        'at most 1 interrupted sleep, no lock proving, stores may be seen late (tso))',
    );
  });

  test('objects beyond a number are counted', () => {
    const end = Array.from({ length: 45 }, (_, index) => ({
      object: `f${index}`,
      kind: 'fence',
      state: 'pending',
      context: {},
    }));
    expect(plain({ ...race, end })).toContain('… and 5 more objects');
  });
});
