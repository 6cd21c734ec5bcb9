import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { DOMParser } from '@xmldom/xmldom';
import type { Log } from 'sarif';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { RULES } from '../model/rules/catalogue.ts';
import { check } from '../properties/check/check.ts';
import type { CheckReport } from '../properties/check/report.ts';
import { auditResults } from './audit-results.ts';
import { checkResults } from './check-results.ts';
import { runHere } from './in-process.ts';
import { placeOfRule } from './places.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const home = process.cwd();
const FORMATS = ['--sarif', 'report.sarif', '--junit', 'report.xml', '--github'];
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-reports-'));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

const sarif = (): Log => JSON.parse(readFileSync('report.sarif', 'utf8')) as Log; // ours
function countsOfJunit(): unknown {
  const text = readFileSync('report.xml', 'utf8');
  const suites = new DOMParser().parseFromString(text, 'text/xml').documentElement;
  const count = (name: string): number => Number(suites?.getAttribute(name));
  return { failures: count('failures'), skipped: count('skipped'), isEmpty: count('tests') === 0 };
}
const lineOf = (file: string, line: number): string =>
  readFileSync(join(root, file), 'utf8').split('\n')[line - 1] ?? '';

describe('check', () => {
  test('says in each format what is wrong, where, and how to replay it', async () => {
    const words = ['check', 'FENCE-046', '--fault', 'fence-046-no-second-look'];
    const { status, stdout } = await runHere(...words, ...FORMATS, '--json', 'report.json');
    expect(status).toBe(1);
    const { findings } = JSON.parse(readFileSync('report.json', 'utf8')) as CheckReport;
    expect(findings.length).toBeGreaterThan(0);

    const alerts = sarif().runs[0]?.results ?? [];
    expect(alerts).toHaveLength(findings.length);
    const [first] = alerts;
    expect(first?.ruleId).toBe('FENCE-046');
    const place = first?.locations?.[0]?.physicalLocation;
    const file = place?.artifactLocation?.uri ?? '';
    const line = place?.region?.startLine ?? 0;
    expect(file).toBe('impl/dma-buf/fence-signal.ts');
    expect(lineOf(file, line)).toContain('addCallback');
    const replay = String(first?.properties?.['replay']);
    expect(existsSync(replay.split(' ').at(-1) ?? '')).toBe(true);

    expect(countsOfJunit()).toMatchObject({ failures: findings.length });
    const annotations = stdout.split('\n').filter((text) => text.startsWith('::error '));
    expect(annotations).toHaveLength(findings.length);
    expect(annotations[0]).toContain(`file=${file},line=${line},title=FENCE-046%3A `);
    expect(annotations[0]).toContain(`%0Areplay: ${replay}`);
  });

  test('says what holds, and gives equal bytes each time', async () => {
    const read = (): string[] =>
      ['report.sarif', 'report.xml'].map((name) => readFileSync(name, 'utf8'));
    const { status, stdout } = await runHere('check', 'FENCE-046', ...FORMATS);
    expect(status).toBe(0);
    expect(stdout).not.toMatch(/^::|\n\n/m);
    expect(sarif().runs[0]?.results).toEqual([]);
    expect(sarif().runs[0]?.tool.driver.rules?.map(({ id }) => id)).toContain('FENCE-046');
    expect(countsOfJunit()).toEqual({ failures: 0, skipped: 0, isEmpty: false });
    const before = read();
    await runHere('check', 'FENCE-046', ...FORMATS);
    expect(read()).toEqual(before);
  });

  test.each([
    [['check', 'FENCE-046', '--sarif', 'no/such/folder'], 'no/such/folder: cannot be written'],
    [['check', '--kernel-6.12', '--github'], 'expected no --github beside it'],
  ])('%j is wrong use', async (words, message) => {
    const { status, stderr } = await runHere(...words);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});

describe('results of a check', () => {
  const report = check({ pattern: 'FENCE-046' });
  const finding = { judge: 'recording', message: 'no', step: null, expected: null };
  const found = { finding: { ...finding, rules: [] }, source: 'debian-x.jsonl:7', trace: null };

  test('name what stages only say, and have a place when something is wrong', () => {
    const weak = ['FENCE-046: the fault x survives', 'scenario/scn-01: witness y was not reached'];
    const partial = ['system locks: 9 states', 'FENCE-043: program: 3 of 4: bounds'];
    const { results } = checkResults({ ...report, weak, partial }, [{ found, file: null }]);
    const told = results
      .filter(({ status }) => status !== 'passed')
      .map(({ status, group, id, message, place }) => [status, group, id, message, place?.file]);
    expect(told).toEqual([
      ['failed', 'recordings', 'recording', 'no', 'traces/kernel/debian-x.jsonl'],
      ['weak', 'FENCE', 'FENCE-046', 'the fault x survives', 'impl/dma-buf/fence-signal.ts'],
      ['weak', 'scenarios', 'scenario/scn-01', 'witness y was not reached', expect.any(String)],
      ['partial', 'model', 'system locks', '9 states', expect.any(String)],
      ['partial', 'FENCE', 'FENCE-043', 'program: 3 of 4: bounds', expect.any(String)],
    ]);
    for (const { place } of results.slice(1)) {
      if (place !== null) expect(existsSync(join(root, place.file)), place.file).toBe(true);
    }
  });

  test('do not call a rule fine that is weak, nor anything while a fault is on', () => {
    const passed = (more: Partial<CheckReport>): string[] =>
      checkResults({ ...report, ...more }, [])
        .results.filter(({ status }) => status === 'passed')
        .map(({ id }) => id);
    expect(passed({})).toContain('FENCE-046');
    expect(passed({ weak: ['FENCE-046: the fault x survives'] })).not.toContain('FENCE-046');
    expect(passed({ fault: 'x' })).toEqual([]);
  });

  test('count a stage only when it is complete', () => {
    const ids = (reproduced: number): string[] =>
      checkResults({ ...report, litmus: { memory: null, total: 9, reproduced } }, [])
        .results.filter(({ group }) => group === 'litmus')
        .map(({ message }) => message);
    expect(ids(9)).toEqual(['9 of 9']);
    expect(ids(8)).toEqual([]);
  });
});

test('results of an audit begin with what is not as before', () => {
  const report = check({ pattern: 'FENCE-046' });
  const about = { details: [], rules: [] };
  const differences = [
    { ...about, part: 'rule', subject: 'FENCE-046', text: 'is not checked any more', kind: 'lost' },
    { ...about, part: 'fault', subject: 'BUG-FENCE-05', text: 'survives', kind: 'lost' },
    {
      part: 'machine',
      subject: 'fence',
      text: 'returns 0, was -EINVAL',
      details: ['in 3 states'],
      rules: ['FENCE-028'],
      kind: 'changed',
    },
    { ...about, part: 'claim', subject: 'DOC-012', text: 'a rule lost its check', kind: 'lost' },
    { ...about, part: 'system', subject: 'locks', text: 'claims more', kind: 'gained' },
  ] as const;
  const { results } = auditResults({ differences, report }, []);
  const told = results.map(({ status, group, id, message, place }) => {
    if (place !== null) expect(existsSync(join(root, place.file)), place.file).toBe(true);
    return [status, group, id, message];
  });
  expect(told.slice(0, 5)).toEqual([
    ['lost', 'FENCE', 'FENCE-046', 'is not checked any more'],
    ['lost', 'faults', 'BUG-FENCE-05', 'survives'],
    ['changed', 'model', 'machine fence', 'returns 0, was -EINVAL; in 3 states [FENCE-028]'],
    ['lost', 'claims', 'DOC-012', 'a rule lost its check'],
    ['changed', 'model', 'system locks', 'claims more'],
  ]);
  expect(results.slice(5)).toEqual(checkResults(report, []).results);
});

test('every rule has a place: code that carries it or its kernel function, or the rule itself', () => {
  for (const { id } of RULES) {
    const { file = '', line = 0 } = placeOfRule(id) ?? {};
    const text = lineOf(file, line);
    if (file.startsWith('model/rules/spec/')) expect(text).toContain(`**${id}**`);
    else expect(text).toMatch(/\w/);
  }
});
