import { createHash } from 'node:crypto';
import type { Program } from '../programs/program.ts';
import type { Finding } from '../run/finding.ts';

/** Names of one program, as its calls and tasks have them. */
function namesOf({ name, setup, tasks, teardown }: Program): ReadonlySet<string> {
  const calls = [...setup, ...tasks.flatMap((task) => task.calls), ...teardown];
  const made = calls.flatMap(({ out }) => (out === undefined ? [] : [out]));
  return new Set([...made, ...tasks.map((task) => task.name), name]);
}

/** A name with what it may contain, or a number; `-ENOENT` is neither, and stays. */
const WORD = /[A-Za-z_][\w@/]*|-?\d+/g;

/**
 * What makes two findings the same one: who found it, which rules it breaks, and what is said,
 * without the names and numbers that are those of one program.
 */
export function signatureText({ judge, rules, message }: Finding, program: Program): string {
  const names = namesOf(program);
  const said = message
    .replaceAll(program.name, '*')
    .replaceAll(WORD, (word) => (names.has(word) || /^-?\d/.test(word) ? '*' : word));
  return `${rules.join(' ')}; ${judge}; ${said}`;
}

/** Enough that no two findings of a campaign have the same. Unit: hexadecimal digits. */
const LENGTH = 10;

/** The same in short, for names of files. */
export function signatureOf(finding: Finding, program: Program): string {
  const text = signatureText(finding, program);
  return createHash('sha256').update(text).digest('hex').slice(0, LENGTH);
}
