import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { readTraceFile } from '../../traces/read.ts';
import type { Fault } from '../faults/fault.ts';
import { findFault } from '../faults/registry.ts';
import { packageFolder } from '../../model/package-folder.ts';
import { CORPUS } from './corpus.ts';
import { takeTrace } from './take-trace.ts';

// What was found once is found again with its fault, and not without; an open bug is still there.

const folder = join(packageFolder(), CORPUS);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

test('the corpus is not empty', () => {
  expect(existsSync(folder)).toBe(true);
  expect(files.length).toBeGreaterThan(0);
});

test.each(files)('%s', (name) => {
  const trace = readTraceFile(join(folder, name));
  const fault = trace.fault === null ? null : findFault(trace.fault);
  expect(fault?.id ?? null).toBe(trace.fault);
  // Without a fault the bug is open; once it is fixed, seed it, and `keep` the trace with that fault.
  expect(takeTrace(trace, fault, { isThorough: false })).toMatchObject({ kind: 'taken' });
});

test('a trace is not taken without its fault, with another one, or from a driver', () => {
  const trace = readTraceFile(join(folder, 'lost-callback.json'));
  const reasonOf = (fault: Fault | null, of = trace): string => {
    const taken = takeTrace(of, fault, { isThorough: true });
    return taken.kind === 'refused' ? taken.reason : 'taken';
  };
  const other = findFault('fence-034-sleepers-behind');
  expect(other).not.toBeNull();
  expect(reasonOf(null)).toMatch(/does not show .* any more; expected --fault/);
  expect(reasonOf(other)).toMatch(/does not show .* with the fault fence-034-sleepers-behind/);
  expect(reasonOf(null, { ...trace, fault: 'driver Mine' })).toMatch(/found in a driver/);
});
