import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Gpu } from '../../docs/examples/right-importer.ts';
import { HastyGpu } from '../../docs/examples/wrong-importer.ts';
import { HastyVram } from '../../docs/examples/wrong-exporter.ts';
import { Vram } from '../../docs/examples/right-exporter.ts';
import { checkExporter, checkImporter } from './check-driver.ts';
import { driverReport } from './driver-report.ts';
import { REFERENCE_DRIVERS } from './drivers.ts';

// The documentation's examples, as they stand. `UPDATE_EXAMPLES=1` writes the reports anew.

const TIMEOUT_MS = 120_000;
const folder = fileURLToPath(new URL('../../docs/examples', import.meta.url));

function expectReport(name: string, text: string): void {
  const file = join(folder, name);
  if (process.env['UPDATE_EXAMPLES'] === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

describe('an exporter', () => {
  test('that is right passes', { timeout: TIMEOUT_MS }, () => {
    const report = checkExporter(Vram);
    expect(report.failures.map(({ message }) => message)).toEqual([]);
    expect(report.programs).toBeGreaterThan(50);
  });

  test('with four mistakes is caught at each', { timeout: TIMEOUT_MS }, () => {
    const report = checkExporter(HastyVram);
    const rules = report.failures.map((failure) => failure.rules[0]);
    expect(rules).toEqual(
      expect.arrayContaining(['ATTACH-014', 'ATTACH-018', 'ATTACH-030', 'ATTACH-031']),
    );
    expectReport('wrong-exporter.txt', driverReport(report));
  });

  test('that stays where it is passes', { timeout: TIMEOUT_MS }, () => {
    const { failures, leftOut } = checkExporter(REFERENCE_DRIVERS.PlainExporter, { drawn: 10 });
    expect(failures).toEqual([]);
    expect(leftOut).toEqual(['moves: the class has no `move`']);
  });
});

describe('an importer', () => {
  test('that is right passes', { timeout: TIMEOUT_MS }, () => {
    const report = checkImporter(Gpu);
    expect(report.failures.map(({ message }) => message)).toEqual([]);
    expect(report.programs).toBeGreaterThan(50);
  });

  test('with four mistakes is caught at each', { timeout: TIMEOUT_MS }, () => {
    const report = checkImporter(HastyGpu);
    const rules = report.failures.map((failure) => failure.rules[0]);
    expect(rules).toEqual(
      expect.arrayContaining(['ATTACH-020', 'ATTACH-024', 'ATTACH-031', 'LOCKING-011']),
    );
    expectReport('wrong-importer.txt', driverReport(report));
  });

  test('that hears of no moves passes', { timeout: TIMEOUT_MS }, () => {
    const { failures } = checkImporter(REFERENCE_DRIVERS.StaticImporter, { drawn: 10 });
    expect(failures).toEqual([]);
  });
});

test('the guide quotes what the reports say', () => {
  const guide = readFileSync(join(folder, '..', 'drivers.md'), 'utf8');
  const reports = ['wrong-exporter.txt', 'wrong-importer.txt'].flatMap((name) =>
    readFileSync(join(folder, name), 'utf8').split('\n'),
  );
  const quoted = [...guide.matchAll(/```text\n([^]*?)```/g)].flatMap(([, text = '']) =>
    text.trimEnd().split('\n'),
  );
  expect(quoted.length).toBeGreaterThan(8);
  for (const line of quoted) expect(reports).toContain(line);
});

test('equal options give equal reports', { timeout: TIMEOUT_MS }, () => {
  const options = { seed: 3, drawn: 5, runsMax: 20, failuresMax: 1 };
  expect(checkImporter(HastyGpu, options)).toEqual(checkImporter(HastyGpu, options));
});
