import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { Gpu } from '../../docs/examples/right-importer.ts';
import { HastyGpu } from '../../docs/examples/wrong-importer.ts';
import { HastyRing } from '../../docs/examples/wrong-fences.ts';
import { HastyVram } from '../../docs/examples/wrong-exporter.ts';
import { LazyInterrupt } from '../../docs/examples/wrong-patch.ts';
import { RingGpu } from '../../docs/examples/right-fences.ts';
import { Vram } from '../../docs/examples/right-exporter.ts';
import { readTraceFile } from '../../traces/read.ts';
import { formatTrace } from '../../traces/write.ts';
import { checkExporter, checkFenceOps, checkImporter } from './check-driver.ts';
import { driverReport } from './driver-report.ts';
import { REFERENCE_DRIVERS } from './drivers.ts';
import { replayDriver, searchDriverAgain } from './replay-driver.ts';

// The documentation's examples, as they stand. `UPDATE_EXAMPLES=1` writes the reports anew.

const TIMEOUT_MS = 120_000;
/** Drivers that are right run in many other tests, too: as partners, and beside every failure. */
const SOME = { runsMax: 40, drawn: 10 };
const UPDATES = process.env['UPDATE_EXAMPLES'] === '1';
const folder = fileURLToPath(new URL('../../docs/examples', import.meta.url));

const KEPT = join(folder, 'wrong-fences.json');

function expectReport(name: string, text: string): void {
  const file = join(folder, name);
  if (UPDATES) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

describe('an exporter', () => {
  test('that is right passes', { timeout: TIMEOUT_MS }, () => {
    const report = checkExporter(Vram, SOME);
    expect(report.failures.map(({ message }) => message)).toEqual([]);
    expect(report.programs).toBeGreaterThan(20);
  });

  test('with four mistakes is caught at each', { timeout: TIMEOUT_MS }, () => {
    const report = checkExporter(HastyVram, { failuresMax: 5 });
    const rules = report.failures.map((failure) => failure.rules[0]);
    expect(rules).toEqual(
      expect.arrayContaining(['ATTACH-014', 'ATTACH-018', 'ATTACH-030', 'ATTACH-031']),
    );
    expectReport('wrong-exporter.txt', driverReport(report));
  });

  test('that stays where it is passes', { timeout: TIMEOUT_MS }, () => {
    const { failures, leftOut } = checkExporter(REFERENCE_DRIVERS.PlainExporter, SOME);
    expect(failures).toEqual([]);
    expect(leftOut).toEqual(['moves: the class has no `move`']);
  });
});

describe('an importer', () => {
  test('that is right passes', { timeout: TIMEOUT_MS }, () => {
    const report = checkImporter(Gpu, SOME);
    expect(report.failures.map(({ message }) => message)).toEqual([]);
    expect(report.programs).toBeGreaterThan(20);
  });

  test('with four mistakes is caught at each', { timeout: TIMEOUT_MS }, () => {
    const report = checkImporter(HastyGpu, { failuresMax: 4 });
    const rules = report.failures.map((failure) => failure.rules[0]);
    expect(rules).toEqual(
      expect.arrayContaining(['ATTACH-020', 'ATTACH-024', 'ATTACH-031', 'LOCKING-011']),
    );
    expectReport('wrong-importer.txt', driverReport(report));
  });

  test('that hears of no moves passes', { timeout: TIMEOUT_MS }, () => {
    const { failures } = checkImporter(REFERENCE_DRIVERS.StaticImporter, SOME);
    expect(failures).toEqual([]);
  });
});

describe('an issuer of fences', () => {
  test('that is right passes', { timeout: TIMEOUT_MS }, () => {
    const report = checkFenceOps(RingGpu, SOME);
    expect(report.failures.map(({ message }) => message)).toEqual([]);
    expect(report.leftOut).toEqual([
      'ops that the class does not have: wait',
      'jobs that hang: the class has no `timedOut`',
    ]);
    expect(report.programs).toBeGreaterThan(20);
  });

  test('with four mistakes is caught at each', { timeout: TIMEOUT_MS }, () => {
    const report = checkFenceOps(HastyRing, { failuresMax: 5 });
    const rules = report.failures.map((failure) => failure.rules[0]);
    expect(rules).toEqual(
      expect.arrayContaining(['CONTRACT-008', 'CONTRACT-010', 'FENCE-018', 'FENCE-021']),
    );
    expectReport('wrong-fences.txt', driverReport(report));
    const shown = report.failures.find(({ rules: [rule] }) => rule === 'FENCE-021');
    if (UPDATES && shown !== undefined) writeFileSync(KEPT, formatTrace(shown.trace));
  });

  test('replays, and differs once it is mended', () => {
    const trace = readTraceFile(KEPT);
    expect(replayDriver(trace, HastyRing).kind).toBe('identical');
    expect(replayDriver(trace, RingGpu).kind).toBe('stale');
    expect(searchDriverAgain(trace, HastyRing).trace).not.toBe(null);
    expect(searchDriverAgain(trace, RingGpu).trace).toBe(null);
  });

  test('is patched twice', { timeout: TIMEOUT_MS }, () => {
    const first = checkFenceOps(LazyInterrupt, { failuresMax: 1 });
    expect(first.failures[0]?.rules).toEqual(['CONTRACT-001']);
    expectReport('wrong-patch.txt', driverReport(first));
  });
});

test.each([
  ['drivers.md', ['wrong-exporter.txt', 'wrong-importer.txt', 'wrong-fences.txt'], 8],
  ['port-your-patch.md', ['wrong-patch.txt'], 4],
])('%s quotes what the reports say', (name, files, least) => {
  const guide = readFileSync(join(folder, '..', name), 'utf8');
  const reports = files.flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'));
  const quoted = [...guide.matchAll(/```text\n([^]*?)```/g)].flatMap(([, text = '']) =>
    text.trimEnd().split('\n'),
  );
  expect(quoted.length).toBeGreaterThan(least);
  for (const line of quoted) expect(reports).toContain(line);
});

test('the guide shows the patch as it stands', () => {
  const guide = readFileSync(join(folder, '..', 'port-your-patch.md'), 'utf8');
  const blocks = [...guide.matchAll(/<!-- (\S+) -->\n\n```ts\n([^]*?)```/g)];
  expect(blocks.length).toBe(1);
  for (const [, file = '', text = ''] of blocks) {
    expect(readFileSync(join(folder, file), 'utf8')).toContain(text);
  }
});

test('the calls that the guide shows run', { timeout: TIMEOUT_MS }, async () => {
  const guide = readFileSync(join(folder, '..', 'drivers.md'), 'utf8');
  const [, source = ''] = /```ts\n([^]*?)```/.exec(guide) ?? [];
  const library = pathToFileURL(join(folder, '../../properties/index.ts')).href;
  const file = join(mkdtempSync(join(tmpdir(), 'dmabuf-verify-drivers-')), 'calls.js');
  const text = source
    .replace("'dmabuf-verify'", `'${library}'`)
    .replaceAll(/'\.\/(.*)\.js'/g, (_, name) => `'${pathToFileURL(join(folder, name)).href}.ts'`);
  writeFileSync(file, text);
  const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  await import(pathToFileURL(file).href);
  const reports = printed.mock.calls.map(([report]) => String(report));
  printed.mockRestore();
  rmSync(dirname(file), { recursive: true });
  expect(reports.length).toBe(3);
  for (const report of reports) expect(report).toContain('no violation within these bounds');
});

test('equal options give equal reports', { timeout: TIMEOUT_MS }, () => {
  const options = { seed: 3, drawn: 5, runsMax: 20, failuresMax: 1 };
  expect(checkFenceOps(HastyRing, options)).toEqual(checkFenceOps(HastyRing, options));
});
