import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { parseTrace, readTraceFile, TRACE_BYTES_MAX, TraceFileError } from './read.ts';

const golden = fileURLToPath(new URL('golden/race.json', import.meta.url));
const goldenText = readFileSync(golden, 'utf8');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-read-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A good trace with one value replaced, at a path such as `steps.0.task`; undefined removes it. */
function changed(path: string, value: unknown): string {
  const document: unknown = JSON.parse(goldenText);
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let parent = document;
  for (const key of keys) parent = Reflect.get(Object(parent), key);
  if (value === undefined) Reflect.deleteProperty(Object(parent), last);
  else Reflect.set(Object(parent), last, value);
  return JSON.stringify(document);
}

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof TraceFileError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('a document', () => {
  test.each<[string, unknown, string]>([
    ['format', undefined, 'format: found nothing; expected "dmabuf-verify-trace"'],
    ['format', 'other', 'format: found "other"; expected "dmabuf-verify-trace"'],
    ['version', undefined, 'version: found nothing; expected 1'],
    ['version', '1', 'version: found "1"; expected 1'],
    ['version', 0, 'version: found 0; expected 1'],
    ['version', 2, 'version: found 2; expected 1, or a newer dmabuf-verify'],
    ['verdict', undefined, 'verdict: found nothing; expected an object'],
    ['steps', {}, 'steps: found an object; expected a list'],
    ['steps.0', null, 'steps[0]: found null; expected an object'],
    ['steps.0.task', 7, 'steps[0].task: found 7; expected a text'],
    ['steps.0.task', '', 'steps[0].task: found ""; expected a text that is not empty'],
    ['steps.0.alternative', -1, 'steps[0].alternative: found -1; expected at least 0'],
    ['steps.0.alternative', 0.5, 'steps[0].alternative: found 0.5; expected a whole number'],
    [
      'steps.0.context',
      'nmi',
      'steps[0].context: found "nmi"; expected "process" or "softirq" or "hardirq"',
    ],
    ['steps.0.more', 1, 'steps[0]: found the key "more"; expected only keys of the trace format'],
    [
      'verdict.rules.0',
      '../../etc',
      'verdict.rules[0]: found "../../etc"; expected a rule id such as "FENCE-046"',
    ],
    [
      'program.tasks.0.calls.0.args.fence',
      {},
      'program.tasks[0].calls[0].args.fence: found an object; expected a text, a number, true, ' +
        'false, null or a list of texts, numbers and nulls',
    ],
    [
      'program.tasks.0.calls.0.args.a b',
      {},
      'program.tasks[0].calls[0].args["a b"]: found an object; expected a text, a number, true, ' +
        'false, null or a list of texts, numbers and nulls',
    ],
    [
      'end.0.context.calls',
      null,
      'end[0].context.calls: found null; expected a text, a number, true or false',
    ],
    ['verdict.step', 99, 'verdict.step: there is no step 99; expected at most 7'],
    ['events.0.step', 8, 'events[0].step: there is no step 8; expected at most 7'],
    ['choices.1.step', 1, 'choices[1].step: found 1; expected a step after 1'],
    [
      'choices.1.step',
      3,
      'choices[1].access: found "spin_lock f1.issuer.lock"; expected "set f1.flags" as in step 3',
    ],
    ['choices.1.task', 'C', 'choices[1].task: found "C"; expected "B" as in step 2'],
    ['calls.2.end', 0, 'calls[2].end: found 0; expected a step from 1 on, where the call begins'],
    ['calls.1.call', 1, 'calls[1].call: call 1 of setup is there already; expected another number'],
    ['steps.0.call', 4, 'steps[0].call: there is no call 4 of A; expected one of "calls"'],
    [
      'program.tasks.1.name',
      'A',
      'program.tasks[1].name: a task before it is called "A" too; expected another name',
    ],
  ])('with another %s (%j)', (path, value, message) => {
    expect(refusal(() => parseTrace(changed(path, value), 't.json'))).toBe(`t.json: ${message}`);
  });

  test.each<[string, string, string]>([
    ['nothing', '', 't.json: is empty; expected a trace'],
    ['space', ' \n', 't.json: is empty; expected a trace'],
    ['a list', '[]', 't.json: format: found nothing; expected "dmabuf-verify-trace"'],
    ['null', 'null', 't.json: format: found nothing; expected "dmabuf-verify-trace"'],
    ['words', 'FENCE-046', 't.json:1:1: found "F"; expected a value'],
    [
      'half a trace',
      goldenText.slice(0, 100),
      't.json:4:45: the document ends inside this text; expected a closing quote',
    ],
    ['depth', '['.repeat(1_000_000), 't.json:1:33: nested too deeply; expected at most 32 levels'],
    [
      'a hostile key',
      '{"__proto__": 1}',
      't.json:1:2: the key "__proto__" is not allowed; expected another key',
    ],
    [
      'a huge number',
      '{"format": 1e999}',
      't.json: format: found null; expected "dmabuf-verify-trace"',
    ],
  ])('that is %s', (_name, text, message) => {
    expect(refusal(() => parseTrace(text, 't.json'))).toBe(message);
  });

  test('that changes the terminal is shown harmlessly, in one line', () => {
    const hostile = '\u001b]0;owned\u0007\n\u202e\u009b31m';
    const message = refusal(() =>
      parseTrace(changed('steps.0.context', hostile), `${hostile}.json`),
    );
    expect(message).toContain(
      '\\u{1b}]0;owned\\u{7}\\u{a}\\u{202e}\\u{9b}31m.json: steps[0].context',
    );
    // oxlint-disable-next-line no-control-regex
    expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });

  test('with a byte order mark or other line ends is read', () => {
    expect(parseTrace(`\ufeff${goldenText}`, 't').verdict.rules).toEqual(['FENCE-046']);
    expect(parseTrace(goldenText.replaceAll('\n', '\r\n'), 't').steps).toHaveLength(7);
  });

  test('with more mistakes than memory is refused by its number of values', () => {
    const text = `{"format": "dmabuf-verify-trace", "version": 1, "steps": [${'1,'.repeat(2_100_000)}1]}`;
    expect(refusal(() => parseTrace(text, 't'))).toContain('more than 2000000 values');
  });
});

describe('a file', () => {
  const file = (name: string): string => join(folder, name);

  test('that is a trace is read', () => {
    expect(readTraceFile(golden).program.name).toBe('waiter-and-signaler');
  });

  test('that is not there', () => {
    expect(refusal(() => readTraceFile(file('none.json')))).toBe(
      `${file('none.json')}: does not exist; expected a trace file`,
    );
    expect(refusal(() => readTraceFile(join(golden, 'below')))).toContain('does not exist');
    expect(refusal(() => readTraceFile('\0'))).toContain('cannot be read');
    expect(refusal(() => readTraceFile('x'.repeat(5000)))).toContain('has too long a name');
  });

  test('that is no file', () => {
    expect(refusal(() => readTraceFile(folder))).toBe(
      `${folder}: is a folder; expected a trace file`,
    );
    expect(refusal(() => readTraceFile('/dev/zero'))).toBe(
      '/dev/zero: is no regular file; expected a trace file',
    );
  });

  test('that links to itself', () => {
    symlinkSync(file('loop.json'), file('loop.json'));
    expect(refusal(() => readTraceFile(file('loop.json')))).toContain('is a link to itself');
  });

  test.skipIf(process.getuid?.() === 0)('that may not be read', () => {
    writeFileSync(file('secret.json'), '{}');
    chmodSync(file('secret.json'), 0o000);
    expect(refusal(() => readTraceFile(file('secret.json')))).toContain('may not be read');
  });

  test('that is too large is refused by its size alone', () => {
    writeFileSync(file('large.json'), '');
    truncateSync(file('large.json'), 100 * 1024 * 1024);
    const start = process.memoryUsage().rss;
    expect(refusal(() => readTraceFile(file('large.json')))).toBe(
      `${file('large.json')}: has 104857600 bytes; expected at most ${TRACE_BYTES_MAX} (64 MiB)`,
    );
    expect(process.memoryUsage().rss - start).toBeLessThan(50 * 1024 * 1024);
  });

  test('that is no text', () => {
    writeFileSync(file('binary.json'), Buffer.from([0x7b, 0x22, 0xff, 0xfe]));
    expect(refusal(() => readTraceFile(file('binary.json')))).toBe(
      `${file('binary.json')}: is no text at byte 2; expected UTF-8`,
    );
  });
});
