import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { DOC_CLAIMS } from '../model/rules/catalogue.ts';
import { coverage, NO_PROPERTY, type RuleStatus } from '../properties/check/coverage.ts';
import { docLines } from './doc-claims.ts';
import { runHere } from './in-process.ts';
import { withResults } from './last-results.ts';

const spec = readFileSync(
  fileURLToPath(new URL('../model/rules/spec/doc-claims.md', import.meta.url)),
  'utf8',
);

/** The report with some rules in another state. */
function reportWith(changes: Readonly<Record<string, Partial<RuleStatus>>>): string {
  return docLines(coverage([]).map((entry) => ({ ...entry, ...changes[entry.rule] }))).join('\n');
}

function stateOf(report: string, claim: string): string {
  return new RegExp(`${claim} ([a-z ]+):`).exec(report)?.[1] ?? 'none';
}

describe('rules --doc', () => {
  test('lists every claim of the seed document, once and in order', async () => {
    const { status, stdout } = await runHere('rules', '--doc');
    expect(status).toBe(0);
    const listed = [...stdout.matchAll(/^ {2}(DOC-\d+) /gm)].map(([, id]) => id);
    expect(listed).toEqual([...spec.matchAll(/^- \*\*(DOC-\d+)\*\*/gm)].map(([, id]) => id));
    expect(stdout).toContain(`${DOC_CLAIMS.length} claims: `);
  });

  test('a claim is covered when all of its rules are, and only then', () => {
    expect(stateOf(reportWith({}), 'DOC-006')).toBe('covered');
    const none = { state: 'unchecked', plans: [], reason: NO_PROPERTY } as const;
    expect(stateOf(reportWith({ 'FENCE-029': none }), 'DOC-006')).toBe('partly covered');
    const both = reportWith({ 'FENCE-027': none, 'FENCE-029': none });
    expect(stateOf(both, 'DOC-006')).toBe('not covered');
    const said = { ...none, reason: 'nobody can see it' };
    const answered = reportWith({ 'FENCE-027': said, 'FENCE-029': said });
    expect(stateOf(answered, 'DOC-006')).toBe('covered');
    expect(stateOf(both, 'DOC-020')).toBe('nothing to check');
  });

  test('ranges, sections and contradictions are spelled out', () => {
    const claim = (id: string): (typeof DOC_CLAIMS)[number] | undefined =>
      DOC_CLAIMS.find((entry) => entry.id === id);
    const range = DOC_CLAIMS.find(({ rules }) => rules.includes('UNWRAP-016'));
    expect(range?.rules.filter((rule) => rule.startsWith('UNWRAP-'))).toHaveLength(16);
    expect(claim('DOC-004')?.families).toEqual(['BUF', 'RESV']);
    expect(reportWith({})).toContain('the code differs from the document: MM-04');
  });

  test('shows how the rules of a claim stood when the baseline was accepted', () => {
    const seen = { state: 'weak', properties: [], witnesses: { seen: 1 }, faults: [] };
    const states = withResults(coverage([]), { rules: { 'FENCE-027': seen } });
    expect(docLines(states).join('\n')).toMatch(
      /DOC-006[^]*?FENCE-027 weak; FENCE-029 has a property/,
    );
  });

  test('it takes no rule besides', async () => {
    const { status, stderr } = await runHere('rules', 'FENCE-046', '--doc');
    expect(status).toBe(2);
    expect(stderr).toContain('--doc lists all claims');
  });
});
