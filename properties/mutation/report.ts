import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Summary } from './summary.ts';
import { textOf } from './summary-text.ts';

const SUMMARY = join('properties', 'mutation', 'summary.json');
const PAGE = join('docs', 'mutation.md');
const [START, END] = ['<!-- summary -->\n', '<!-- /summary -->'];

const COUNTS = z.strictObject({
  killed: z.number(),
  timeout: z.number(),
  survived: z.number(),
  noCoverage: z.number(),
  equivalent: z.number(),
  score: z.number(),
});
const FORM = z.strictObject({
  draw: z.strictObject({ seed: z.number(), size: z.number() }),
  mutants: z.number(),
  missing: z.number(),
  all: COUNTS,
  files: z.record(z.string(), COUNTS),
  undetected: z.array(
    z.strictObject({
      key: z.string(),
      line: z.number(),
      status: z.string(),
      isEquivalent: z.boolean(),
    }),
  ),
  sample: z.array(z.string()),
});

export function readSummary(root: string): Summary {
  return FORM.parse(JSON.parse(readFileSync(join(root, SUMMARY), 'utf8')));
}

/** The part of the page that a run writes. */
export function readPagePart(root: string): string {
  const { text, from, to } = pageOf(root);
  return text.slice(from, to);
}

/** Writes what is committed: the summary as data, and the same as text into its page. */
export function writeSummary(root: string, summary: Summary): void {
  writeFileSync(join(root, SUMMARY), `${JSON.stringify(summary, null, 2)}\n`);
  const { text, from, to } = pageOf(root);
  writeFileSync(join(root, PAGE), text.slice(0, from) + textOf(summary) + text.slice(to));
}

function pageOf(root: string): {
  readonly text: string;
  readonly from: number;
  readonly to: number;
} {
  const text = readFileSync(join(root, PAGE), 'utf8');
  const from = text.indexOf(START) + START.length;
  const to = text.indexOf(END);
  if (from < START.length || to < from) throw new Error(`${PAGE} has no place for the summary`);
  return { text, from, to };
}
