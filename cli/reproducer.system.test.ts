import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { toCall } from '../properties/check/counterexample.ts';
import { intactResults } from '../properties/check/intact-results.ts';
import { program } from '../properties/programs/parse.ts';
import '../properties/programs/operations/index.ts';
import { Run } from '../properties/run/run.ts';
import { FIRST } from '../properties/schedules/strategy.ts';
import { reproducer, whyNotInC } from '../traces/c/reproducer.ts';
import { readTraceFile } from '../traces/read.ts';
import type { Trace } from '../traces/trace.ts';

// C programs of traces: all compile, and those that need nothing but files run on this machine.

const KEPT = fileURLToPath(new URL('../traces/kept', import.meta.url));
const FLAGS = ['-std=gnu17', '-Wall', '-Wextra', '-Werror', '-O1', '-pthread'];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-c-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Compiles a program, and says what the compiler said. */
function compile(code: string, name: string): { readonly said: string; readonly file: string } {
  const file = join(folder, name);
  writeFileSync(`${file}.c`, code);
  const { stdout, stderr } = spawnSync('gcc', [...FLAGS, '-o', file, `${file}.c`], {
    encoding: 'utf8',
  });
  return { said: stdout + stderr, file };
}

function run(file: string, ...words: string[]): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(file, words, { encoding: 'utf8' });
  return { status, text: stdout + stderr };
}

/** What the intact stack does with a program, as a trace. */
function traceOf(one: ReturnType<typeof program>): Trace {
  const calls = new Run(one, { judges: [], notes: false }).execute(FIRST).calls.map(toCall);
  const like = readTraceFile(join(KEPT, 'KERN-SYNCOBJ-01.json'));
  return { ...like, program: { ...one, rule: null }, choices: [], steps: [], events: [], calls };
}

test('what user space can do compiles without a warning', () => {
  const names = readdirSync(KEPT).filter((name) => name.endsWith('.json'));
  const traces = names.map((name) => [name, readTraceFile(join(KEPT, name))] as const);
  const inC = traces.filter(([, trace]) => whyNotInC(trace) === null);
  for (const [name, trace] of inC) {
    expect(compile(reproducer(trace, intactResults(trace)), name).said).toBe('');
  }
  expect(inC.length).toBeGreaterThanOrEqual(20);
  const known = inC.map(([name]) => name);
  for (const id of ['KERN-SWSYNC-01', 'KERN-SWSYNC-02', 'KERN-SYNCOBJ-01']) {
    expect(known).toContain(`${id}.json`);
  }
});

const CALLS = `e = sys.eventfd(2); p = sys.poll(e, in+out); sys.addCount(e, 3); n = sys.readCount(e)
  m = sys.memfd(8192, grow); s = sys.seals(m); z = sys.size(m); sys.put(m, 5000, 7)
  b = sys.peek(m, 5000); x = sys.peek(m, 9000); w = sys.mmap(m, 8192); l = sys.load(w, 5000)
  sys.store(w, 1, 9); c = sys.peek(m, 1); g = sys.truncate(m, 12288); sys.munmap(w)
  v = sys.load(w, 0); d = sys.dup(m); a = sys.modes(m); k = sys.lseek(m, 0, 2); sys.close(m)
  y = sys.close(m); q = sys.poll(m, in); o = sys.epoll(); sys.epollAdd(o, e, in)
  u = sys.epollAdd(o, e, in); r = sys.epollRemove(o, d); h = sys.inc(e, 1); i = sys.merge(d, d)
  j = sys.info(e); f = dmabuf.sync(d, read)`;

test('a real kernel answers as the model says', () => {
  const trace = traceOf(program('calls', { tasks: { A: CALLS } }));
  const { said, file } = compile(reproducer(trace, intactResults(trace)), 'calls');
  expect(said).toBe('');
  const { status, text } = run(file);
  expect(text).toContain('as the rules demand: 1, as in the trace: 0, otherwise: 0');
  expect(status).toBe(0);
});

test('another answer than the one that is expected is told', () => {
  const trace = traceOf(
    program('count', { tasks: { A: 'e = sys.eventfd(2); n = sys.readCount(e)' } }),
  );
  const wrong = intactResults(trace).map((results) => new Map([...results, ['A 2', '3']]));
  const asTraced = run(compile(reproducer(trace, wrong), 'traced').file);
  expect(asTraced.text).toContain('! A        n = sys.readCount(e)');
  expect(asTraced.text).toContain('observed 2, expected 3, in the trace 2');
  expect(asTraced.status).toBe(1);
  const calls = trace.calls.map((call) => (call.call === 2 ? { ...call, result: '4' } : call));
  const neither = run(compile(reproducer({ ...trace, calls }, wrong), 'neither').file);
  expect(neither.text).toContain('? A        n = sys.readCount(e)');
  expect(neither.text).toContain('as the rules demand: 0, as in the trace: 0, otherwise: 1');
  expect(neither.status).toBe(2);
});

test('calls of several threads come in the order of the trace', () => {
  const one = program('waits', {
    setup: 'e = sys.eventfd()',
    tasks: { A: 'p = sys.poll(e, in, -1); n = sys.readCount(e)', B: 'sys.addCount(e, 3)' },
  });
  const { said, file } = compile(reproducer(traceOf(one), intactResults(traceOf(one))), 'waits');
  expect(said).toBe('');
  const { status, text } = run(file, '--runs', '50');
  expect(text).toContain('as the rules demand: 50, as in the trace: 0, otherwise: 0');
  expect(status).toBe(0);
});

test('a call that does not return ends the runs', () => {
  const one = program('stuck', { tasks: { A: 'e = sys.eventfd(); p = sys.poll(e, in, -1)' } });
  const trace = traceOf(one);
  expect(trace.calls.at(-1)?.end).toBe(null);
  const { file } = compile(
    reproducer(trace, [
      new Map([
        ['A 1', '0'],
        ['A 2', '"in"'],
      ]),
    ]),
    'stuck',
  );
  const { status, text } = run(file, '--seconds', '1');
  expect(text).toContain('observed does not return, expected in');
  expect(status).toBe(1);
});

test('a run counts as right only as a whole', () => {
  const one = program('two', {
    setup: 'e = sys.eventfd(1, true)',
    tasks: { A: 'n = sys.readCount(e)', B: 'sys.addCount(e, 1)' },
  });
  // Each result is that of some run, and no run has both.
  const apart = [
    new Map([
      ['setup 1', '0'],
      ['A 1', '1'],
      ['B 1', '7'],
    ]),
    new Map([
      ['setup 1', '0'],
      ['A 1', '7'],
      ['B 1', '0'],
    ]),
  ];
  const { file } = compile(reproducer(traceOf(one), apart), 'apart');
  const { status, text } = run(file, '--runs', '3');
  expect(text).toContain('as the rules demand: 0, as in the trace: 3, otherwise: 0');
  expect(status).toBe(1);
});

test('a program that dies is neither', () => {
  const trace = traceOf(program('count', { tasks: { A: 'e = sys.eventfd(2)' } }));
  const code = reproducer(trace, intactResults(trace));
  const dying = code.replace('static void call_0(char *r)\n{\n', '$&  abort();\n');
  const { said, file } = compile(dying, 'dies');
  expect(said).toBe('');
  const { status, text } = run(file);
  expect(text).toContain('ended by a signal');
  expect(status).toBe(2);
});

test('what could end a machine asks first', () => {
  const trace = readTraceFile(join(KEPT, 'KERN-SWSYNC-02.json'));
  const { file } = compile(reproducer(trace, intactResults(trace)), 'dangerous');
  const { status, text } = run(file);
  expect(text).toContain('can crash or hang the machine');
  expect(status).toBe(64);
  expect(run(file, '--yes', '--runs', '0').status).toBe(64);
});

test('texts of a trace stay texts', () => {
  const hostile = '*/ int x; /* ??/ " \\ \n#error %s %n \u{1f600} $(reboot)';
  const trace = traceOf(
    program('count', { tasks: { A: 'e = sys.eventfd(2); n = sys.readCount(e)' } }),
  );
  const [task] = trace.program.tasks;
  if (task === undefined) throw new Error('the program has a task');
  const renamed = task.calls.map(({ op, args }) =>
    op === 'sys.eventfd' ? { op, args, out: hostile } : { op, args: { fd: hostile } },
  );
  const named: Trace = {
    ...trace,
    fault: hostile,
    program: {
      ...trace.program,
      name: hostile,
      tasks: [{ ...task, name: hostile, calls: renamed }],
    },
    calls: trace.calls.map((call) => ({ ...call, task: hostile, text: hostile })),
    verdict: { ...trace.verdict, message: hostile },
  };
  const { said, file } = compile(reproducer(named, []), 'hostile');
  expect(said).toBe('');
  expect(run(file).text).toContain('as the rules demand: 0, as in the trace: 1,');
});
