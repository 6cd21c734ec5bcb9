import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { DOMParser, type Element } from '@xmldom/xmldom';
import Ajv from 'ajv';
import fc from 'fast-check';
import type { Log } from 'sarif';
import { describe, expect, test } from 'vitest';

import { arbitraryTrace } from '../arbitrary-trace.ts';
import { exportedOf } from '../formats/exported.ts';
import { SARIF } from '../formats/sarif.ts';
import { readTraceFile } from '../read.ts';
import { githubAnnotations } from './github.ts';
import { junitReport } from './junit.ts';
import { type Kept, type Place, type Result, type Results, resultOfTrace } from './results.ts';
import { sarifReport } from './sarif.ts';

const golden = new URL('../golden/', import.meta.url);
const places: ReadonlyMap<string, Place> = new Map([
  ['fence.addCallback', { file: 'impl/dma-buf/fence-signal.ts', line: 97 }],
]);

function kept(name: string): Kept {
  const trace = readTraceFile(new URL(`${name}.json`, golden).pathname);
  return { trace, file: `traces/found/${name}.json`, places };
}

function fromTrace(name: string, place: Place | null): Result {
  const about = { title: `what ${name} is about`, details: `all about ${name}` };
  return resultOfTrace(kept(name), { ...about, group: 'FENCE', source: 'FENCE-046', place });
}

function plain(id: string, more: Partial<Result>): Result {
  const about = { title: `what ${id} says`, details: `all about ${id}` };
  const rest = { message: 'as it should be', source: null, kept: null, place: null };
  return { id, group: 'rules', status: 'passed', ...about, ...rest, ...more };
}

/** One result of each sort. */
const results: Results = {
  version: '0.1.0',
  results: [
    fromTrace('race', { file: 'impl/dma-buf/fence-signal.ts', line: 97 }),
    fromTrace('deadlock', null),
    plain('recording', { group: 'recordings', status: 'failed', message: 'the kernel said 7' }),
    plain('FENCE-001', { status: 'weak', message: 'the fault x survives' }),
    plain('FENCE-002', { status: 'weak', message: 'witness a was reached 0 < 9 times' }),
    plain('FENCE-002', { status: 'weak', message: 'witness b was reached 1 < 9 times' }),
    plain('FENCE-005', { status: 'lost', message: 'is not checked any more' }),
    plain('machine fence', { group: 'model', status: 'changed', message: 'has 2 states more' }),
    plain('system locks', { group: 'systems', status: 'partial', message: '9 states, 50% left' }),
    plain('FENCE-003', { status: 'skipped', message: 'nobody can observe it' }),
    plain('FENCE-004', {}),
  ],
};
/** The same with one text in all places that a text can have. */
const withText = (text: string): Results => ({
  version: text,
  results: results.results.map((result) => ({
    ...result,
    id: `${result.id}${text}`,
    group: text,
    title: text,
    details: text,
    message: text,
    source: text,
    place: { file: text, line: 1 },
    kept: result.kept === null ? null : { ...result.kept, file: text },
  })),
});
/** What has gone wrong elsewhere: terminals, XML, commands of runners, halves of characters. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        '\u001b[31m',
        '\u0000',
        ']]>',
        '<![CDATA[',
        '&amp;',
        '"',
        "'",
        '%0A',
        '\r\n::error::x',
        '\ud800',
        '\udfff',
        '\ufffe',
        '\u{1f600}',
        ',',
        ':',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);

const isSarif = (() => {
  const require = createRequire(import.meta.url);
  const ajv = new Ajv({ schemaId: 'id', meta: false, format: 'full' });
  ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json') as object);
  const schema: unknown = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
  const validate = ajv.compile(schema as object);
  return (log: unknown): string => (validate(log) === true ? '' : ajv.errorsText(validate.errors));
})();

function sarif(from: Results): Log {
  const log: unknown = JSON.parse(sarifReport(from));
  expect(isSarif(log)).toBe('');
  return log as Log; // the schema says so
}

/** What an XML 1.0 document may hold; the parser does not ask. */
const XML_TEXT = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

function junit(from: Results): Element {
  const text = junitReport(from);
  expect(text).toMatch(XML_TEXT);
  const onError = (level: string, message: string): never => {
    throw new Error(`${level}: ${message}`);
  };
  const root = new DOMParser({ onError }).parseFromString(text, 'text/xml').documentElement;
  if (root === null) throw new Error('no document');
  return root;
}

const count = (root: Element, name: string): number => root.getElementsByTagName(name).length;

describe.each([
  ['results.sarif', sarifReport],
  ['results.junit.xml', junitReport],
  ['results.github.txt', githubAnnotations],
])('%s', (name, format) => {
  test('is as it was (UPDATE_GOLDEN=1 writes it)', () => {
    const file = new URL(name, golden);
    const text = format(results);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
    expect(text).toBe(readFileSync(file, 'utf8'));
  });
});

describe('SARIF', () => {
  test('follows the schema, which takes nothing else', () => {
    const log = sarif(results);
    expect(isSarif({ ...log, version: '2.0.0' })).toContain('version');
    expect(isSarif({ ...log, runs: [{ ...log.runs[0], tool: undefined }] })).toContain('tool');
    expect(isSarif({ ...log, extra: 1 })).toContain('additional properties');
  });

  test('has an alert for all that is wrong, and for nothing else', () => {
    const [run] = sarif(results).runs;
    const rules = run?.tool.driver.rules ?? [];
    const alerts = run?.results?.map(({ ruleId, level }) => `${level} ${ruleId}`);
    expect(alerts).toEqual([
      'error FENCE-046',
      'error deadlock',
      'error recording',
      'warning FENCE-001',
      'warning FENCE-002',
      'warning FENCE-002',
      'error FENCE-005',
      'warning machine fence',
    ]);
    for (const { ruleId, ruleIndex = -1 } of run?.results ?? []) {
      expect(rules[ruleIndex]?.id).toBe(ruleId);
    }
    expect(rules.map(({ id }) => id)).toContain('FENCE-004');
    expect(rules.map(({ id }) => id)).not.toContain('FENCE-003');
    const [invocation] = run?.invocations ?? [];
    expect(invocation?.toolExecutionNotifications).toHaveLength(1);
  });

  test('tells a run in one thread flow, in its order', () => {
    const [first] = sarif(results).runs[0]?.results ?? [];
    expect(first?.codeFlows).toHaveLength(1);
    const flows = first?.codeFlows?.[0]?.threadFlows ?? [];
    expect(flows).toHaveLength(1);
    const locations = flows[0]?.locations ?? [];
    const order = locations.map(({ executionOrder }) => executionOrder ?? 0);
    expect(order).toEqual(order.map((_, index) => index + 1));
    const texts = locations.map(({ location }) => location?.message?.text ?? '');
    expect(texts.slice(0, 5)).toEqual([
      'A: fence.addCallback(f1, cb1)',
      'A: test f1.flags; 0: not signaled',
      'A: preempted by B',
      'B: fence.signal(f1)',
      'B: spin_lock f1.issuer.lock; f1.lock: free → B; the deciding choice',
    ]);
    const files = locations.map(
      ({ location }) => location?.physicalLocation?.artifactLocation?.uri ?? '',
    );
    expect(files[0]).toBe('impl/dma-buf/fence-signal.ts');
    expect(files[1]).toBe('impl/dma-buf/fence-signal.ts');
    expect(files[4]).toBe('traces/found/race.json');
    expect(first?.properties?.['replay']).toBe('npx dmabuf-verify replay traces/found/race.json');
  });

  test('takes any trace, alone in its log', () => {
    fc.assert(
      fc.property(arbitraryTrace, (trace) => {
        const log: unknown = JSON.parse(SARIF.write(exportedOf(trace)));
        expect(isSarif(log)).toBe('');
        const flows = Math.min(1, trace.steps.length);
        expect((log as Log).runs[0]?.results?.[0]?.codeFlows).toHaveLength(flows);
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  test('knows a finding again when only numbers differ', () => {
    const prints = (message: string): unknown =>
      sarif({ version: '1', results: [plain('FENCE-001', { status: 'failed', message })] }).runs[0]
        ?.results?.[0]?.partialFingerprints;
    expect(prints('f1 has 2 references')).toEqual(prints('f7 has 3 references'));
    expect(prints('f1 has 2 references')).not.toEqual(prints('f1 has no reference'));
  });
});

describe('JUnit', () => {
  test('counts what it lists', () => {
    const root = junit(results);
    const said = ['tests', 'failures', 'errors', 'skipped'].map((name) => root.getAttribute(name));
    expect(said).toEqual(['11', '8', '0', '2']);
    expect(count(root, 'testcase')).toBe(11);
    expect(count(root, 'failure')).toBe(8);
    expect(count(root, 'skipped')).toBe(2);
  });

  test('says nothing of times', () => {
    expect(junitReport(results)).not.toMatch(/time(?:stamp)?=/);
  });

  test('has the report of a trace, and no name twice in a suite', () => {
    const root = junit(results);
    const [story] = root.getElementsByTagName('failure');
    expect(story?.textContent).toBe(readFileSync(new URL('race.txt', golden), 'utf8'));
    for (const suite of root.getElementsByTagName('testsuite')) {
      const names = [...suite.getElementsByTagName('testcase')].map((one) =>
        one.getAttribute('name'),
      );
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

describe('GitHub', () => {
  test('gets no more than it shows, and one notice about the rest', () => {
    const many = (status: Result['status']): Result[] =>
      Array.from({ length: 25 }, (_, index) => plain(`R-${index}`, { status }));
    const lines = githubAnnotations({
      version: '1',
      results: [...many('failed'), ...many('weak'), ...many('partial'), ...many('passed')],
    })
      .trimEnd()
      .split('\n');
    const having = (kind: string): number =>
      lines.filter((line) => line.startsWith(`::${kind} `)).length;
    expect([having('error'), having('warning'), having('notice')]).toEqual([10, 10, 10]);
    expect(lines).toHaveLength(30);
    expect(lines.at(-1)).toBe(
      '::notice title=dmabuf-verify::15 errors, 15 warnings, 16 partial results ' +
        'more than are shown here; the report has all',
    );
  });

  test('has nothing to say when nothing is wrong', () => {
    expect(githubAnnotations({ version: '1', results: [plain('R-1', {})] })).toBe('');
  });
});

/** What a runner makes of a line, by its own rules. */
const COMMAND = /^::(error|warning|notice) ([^:]*)::(.*)$/;

test('no text breaks a format', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const from = withText(text);
      const [run] = sarif(from).runs;
      expect(run?.results).toHaveLength(8);
      expect(run?.results?.[0]?.locations).toHaveLength(1);
      const root = junit(from);
      expect([count(root, 'testsuite'), count(root, 'testcase')]).toEqual([1, 11]);
      const lines = githubAnnotations(from).split('\n');
      expect(lines.pop()).toBe('');
      expect(lines).toHaveLength(9);
      for (const line of lines) {
        const [, , properties = ''] = COMMAND.exec(line) ?? [];
        const names = properties.split(',').map((pair) => pair.split('=')[0]);
        expect(names).toEqual(['file', 'line', 'title']);
      }
    }),
    { numRuns: 100, seed: 1 },
  );
});
