import { printable } from '../printable.ts';
import { nameOf } from '../report/results.ts';
import { DRIVER, type Trace } from '../trace.ts';
import { formatTrace } from '../write.ts';
import type { Format } from './format.ts';

/** A test that fails as long as what the trace shows is wrong. */
export const VITEST: Format = {
  name: 'vitest',
  shows: 'Vitest, in a project that has dmabuf-verify: a test that fails until the bug is fixed',
  refuses: ({ fault }) =>
    fault?.startsWith(DRIVER) === true
      ? 'fault: the trace was found in a driver of its own; expected one of the stack'
      : null,
  write: ({ trace }) => testText(trace),
};

/**
 * The trace is in the test as text: as a literal, a key of it could be more than a key. With
 * `FAULT=id` a fault is seeded, so that the test can be seen to fail.
 */
function testText(trace: Trace): string {
  const { id, message } = nameOf(trace.verdict);
  const name = printable(`${id}: ${message}`);
  const seeded = trace.fault === null ? '' : `\n// Found with the fault ${printable(trace.fault)}.`;
  const lines = formatTrace(trace)
    .trimEnd()
    .split('\n')
    .map((line) => `    ${literal(line)},`);
  return `// ${name}.${seeded}
import process from 'node:process';

import { findFault, parseTrace, replay, searchAgain, terminalReport } from 'dmabuf-verify';
import { expect, test } from 'vitest';

const trace = parseTrace(
  [
${lines.join('\n')}
  ].join('\\n'),
  ${literal(`${id}.json`)},
);

/** \`FAULT=some-id npx vitest run\` seeds a fault: with the one above, the test fails. */
const wanted = process.env['FAULT'] ?? '';
const fault = wanted === '' ? null : findFault(wanted);
if (wanted !== '' && fault === null) throw new Error(\`there is no fault \${wanted}\`);

/** The same choices again; where the code no longer offers them, the same program. */
function counterexample() {
  const again = replay(trace, fault);
  if (again.kind === 'stale') return searchAgain(trace, fault).trace;
  return again.kind === 'passes' ? null : again.trace;
}

test(${literal(name)}, () => {
  const found = counterexample();
  expect(found === null ? '' : terminalReport(found, { file: null, color: false })).toBe('');
});
`;
}

/** JSON is JavaScript, and what acts on an editor is written as its code. */
function literal(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
