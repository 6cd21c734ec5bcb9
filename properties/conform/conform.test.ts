import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { SyncFileIoctls } from '../../impl/dma-buf/sync-file-ioctls.ts';
import { SyncTimeline } from '../../impl/dma-buf/sync-timeline.ts';
import { INTACT } from '../../impl/stack.ts';
import { conform, type ConformReport } from './conform.ts';
import { keptRecordings } from './kept-recordings.ts';

const files = keptRecordings();
const swpure = files.filter((file) => file.endsWith('-swpure.jsonl'));
let folder = '';
let report: ConformReport;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-conform-'));
  report = conform(files);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

interface Program {
  ops: {
    op: string;
    args: Record<string, unknown>;
    ret: number;
    errno?: string;
    observed?: Record<string, unknown>;
  }[];
}

/** The recorded programs about software timelines, each with one answer made wrong. */
function spoil(change: (op: Program['ops'][number]) => boolean): { file: string; spoilt: number } {
  let spoilt = 0;
  const lines = readFileSync(swpure[0] ?? '', 'utf8')
    .trimEnd()
    .split('\n');
  const changed = lines.map((line) => {
    const program = JSON.parse(line) as Program;
    if (program.ops.some(change)) spoilt += 1;
    return JSON.stringify(program);
  });
  return { file: written('spoilt.jsonl', `${changed.join('\n')}\n`), spoilt };
}

test('software timelines and sync files agree with the kernel, and nothing disagrees', () => {
  expect(report.errors).toEqual([]);
  expect(report.differences).toEqual([]);
  expect(report.byTheme['swpure']).toMatchObject({ programs: 155, agreed: 155 });
  expect(report.programs).toBe(519);
  expect(report.agreed).toBe(519);
  expect(report.disagreed).toBe(0);
  expect(report.agreed + report.cut).toBe(report.programs);
  expect(report.operations.agreed).toBeGreaterThanOrEqual(10_000);
  expect(report.operations.reached).toBe(report.operations.agreed);
  expect(report.operations.total).toBe(14_748);
});

test('everything is replayed to its end', () => {
  for (const [theme, { programs, agreed }] of Object.entries(report.byTheme)) {
    expect({ theme, agreed }).toEqual({ theme, agreed: programs });
  }
  expect(report.cutBy).toEqual({});
});

test('what a thread ran is found by trying, where the recording leaves it out', () => {
  const gaps = files.find((file) => file.endsWith('-gaps.jsonl')) ?? '';
  const supplied = expect.stringMatching(/^poll \{fd:1,.*, poll \{fd:1,/);
  expect(report.completed).toEqual([{ file: gaps, line: 13, supplied }]);
  // Nothing fits an answer that no poll gives.
  const text = readFileSync(gaps, 'utf8').replace(
    '{"n":1,"re":"I","ret":0}',
    '{"n":7,"re":"I","ret":0}',
  );
  const found = conform([written('unfit.jsonl', text)]);
  expect(found.completed).toEqual([]);
  expect(found.cutBy).toEqual({ 'async (the recording lacks what it runs)': 1 });
});

test('every cut names an operation, and no operation that is built cuts', () => {
  const cuts = Object.values(report.cutBy).reduce((sum, count) => sum + count, 0);
  expect(cuts).toBe(report.cut);
  for (const built of ['poll', 'sf_info', 'memfd', 'epoll_wait', 'join', 'mmap']) {
    expect(report.cutBy).not.toHaveProperty(built);
  }
});

test('two runs give the same report', () => {
  expect(conform(swpure)).toEqual(conform(swpure));
});

test.each<[string, (op: Program['ops'][number]) => boolean]>([
  [
    'another status',
    (op) => {
      if (op.op !== 'sf_info' || op.observed === undefined) return false;
      op.observed['status'] = op.observed['status'] === 1 ? 0 : 1;
      return true;
    },
  ],
  [
    'another error',
    (op) => {
      if (op.errno === undefined) return false;
      op.errno = op.errno === 'EIO' ? 'EINTR' : 'EIO';
      return true;
    },
  ],
  [
    'success instead of an error',
    (op) => {
      if (op.errno === undefined) return false;
      delete op.errno;
      op.ret = 0;
      return true;
    },
  ],
  [
    'one more field',
    (op) => {
      if (op.op !== 'poll' || op.observed === undefined) return false;
      op.observed['late'] = 0;
      return true;
    },
  ],
  [
    'a thread that blocks no longer',
    (op) => {
      if (op.op !== 'join' || op.observed?.['blocked'] !== true) return false;
      op.observed = { result: { n: 1, re: 'I', ret: 0 } };
      return true;
    },
  ],
  [
    'contexts in another order',
    (op) => {
      const name = op.observed?.['name'];
      if (op.observed === undefined || typeof name !== 'string') return false;
      if (!name.includes('C1-')) return false;
      op.observed['name'] = name.replace('C1-', 'C2-');
      return true;
    },
  ],
])('a recording with %s is noticed', (_name, change) => {
  const { file, spoilt } = spoil(change);
  const found = conform([file]);
  expect(found.errors).toEqual([]);
  expect(spoilt).toBeGreaterThan(0);
  expect(found.disagreed).toBe(spoilt);
  expect(found.differences[0]).toMatchObject({ file, theme: 'swpure' });
  expect(found.differences[0]?.expected).not.toEqual(found.differences[0]?.got);
});

test('an implementation that is wrong disagrees', () => {
  class Lazy extends SyncTimeline {
    override *advance(): ReturnType<SyncTimeline['advance']> {
      // The counter stands still.
    }
  }
  class Flagless extends SyncFileIoctls {
    override *setDeadline(): ReturnType<SyncFileIoctls['setDeadline']> {
      return 0;
    }
  }
  expect(conform(swpure, { types: { ...INTACT, SyncTimeline: Lazy } }).disagreed).toBeGreaterThan(
    50,
  );
  const other = conform(swpure, { types: { ...INTACT, SyncFileIoctls: Flagless } });
  expect(other.disagreed).toBeGreaterThan(5);
});

test('a leak is a difference at the end of the program', () => {
  class Leaky extends SyncTimeline {
    override *put(): ReturnType<SyncTimeline['put']> {
      // The last reference is kept for ever.
    }
  }
  const found = conform(swpure, { types: { ...INTACT, SyncTimeline: Leaky } });
  expect(found.differences[0]).toMatchObject({
    operation: 'end of the program',
    expected: 'nothing left',
  });
});

const good = '{"kernel":"k","theme":"t","seed":1,"ops":[],"bufs_left":0}';

test.each([
  ['empty', '', 0, 'is empty; expected one program per line'],
  ['truncated', `${good}\n${good.slice(0, 40)}`, 2, 'is not JSON; the file ends inside this line'],
  ['not JSON', `${good}\nhello\n`, 2, 'is not JSON'],
  ['blank line', `${good}\n\n${good}\n`, 2, 'is blank; expected one program per line'],
  ['no program', '[]\n', 1, 'program: Invalid input: expected object, received array'],
  ['deep', `${'['.repeat(100_000)}\n`, 1, 'nests more than 16 levels deep'],
  ['long line', `"${'x'.repeat(1_100_000)}"\n`, 1, /^has 1100002 characters/],
  ['poisoned', '{"__proto__":{"polluted":1}}\n', 1, 'has a key "__proto__", which no program has'],
  [
    'poisoned arguments',
    '{"kernel":"k","theme":"t","seed":1,"bufs_left":0,"ops":[' +
      '{"op":"close","args":{"constructor":1},"ret":0}]}\n',
    1,
    'has a key "constructor", which no program has',
  ],
  ['poisoned theme', good.replace('"t"', '"__proto__"'), 1, /^theme: /],
  ['field too many', good.replace('"seed"', '"more":1,"seed"'), 1, /^program: Unrecognized key/],
  [
    'error without errno',
    good.replace('[]', '[{"op":"close","args":{"fd":0},"ret":-1}]'),
    1,
    'ops.0: ret is -1 when and only when errno is there',
  ],
  [
    'wrong argument of a built operation',
    good.replace('[]', '[{"op":"close","args":{"fd":"x"},"ret":0}]'),
    1,
    'ops.0: close: fd: Invalid input: expected number, received string',
  ],
  [
    'too much memory',
    good.replace('[]', '[{"op":"rd","args":{"fd":0,"len":4e9},"ret":0}]'),
    1,
    /^ops.0: rd: len: Too big/,
  ],
])('a file that is wrong gives one error with its place: %s', (name, text, line, message) => {
  const file = written(`${name}.jsonl`, text);
  const found = conform([file, ...swpure]);
  expect(found.errors).toHaveLength(1);
  expect(found.errors[0]).toMatchObject({ file, line });
  expect(found.errors[0]?.message).toMatch(message);
  expect(found.errors[0]?.message).not.toContain('\n');
  // The other files are still compared.
  expect(found.agreed).toBe(155);
});

test('files that cannot be read are errors, and nobody waits for them', () => {
  const huge = written('huge.jsonl', '');
  truncateSync(huge, 100 * 1024 * 1024);
  const binary = join(folder, 'binary.jsonl');
  writeFileSync(binary, Buffer.from([0x80, 0xff, 0x0a]));
  const found = conform([join(folder, 'missing.jsonl'), folder, '/dev/zero', huge, binary]);
  expect(found.errors.map(({ line, message }) => [line, message])).toEqual([
    [0, 'cannot be read (ENOENT)'],
    [0, 'is no regular file'],
    [0, 'is no regular file'],
    [0, 'has 104857600 bytes; a recording has 16777216 at most'],
    [0, 'is not UTF-8 text'],
  ]);
  expect(found.programs).toBe(0);
});

test('a program that never ends is a difference', () => {
  const ops = JSON.stringify([
    { op: 'sw_timeline', args: { out: 0 }, ret: 0 },
    { op: 'sw_fence', args: { fd: 0, value: 1, out: 1 }, ret: 0 },
    { op: 'poll', args: { fd: 1, timeout: -1 }, ret: 0, observed: { n: 1, re: 'I' } },
  ]);
  const found = conform([written('blocked.jsonl', `${good.replace('[]', ops)}\n`)]);
  expect(found.differences).toMatchObject([
    { index: 2, operation: 'poll', got: 'blocked for ever' },
  ]);
});
