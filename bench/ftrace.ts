import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { checkLog } from '../properties/ftrace/check-log.ts';
import { drawnLog } from '../properties/ftrace/drawn/drawn-log.ts';

const LINES = 1_000_000;
/** Unit: lines. */
const CHUNK = 10_000;
const SEED = 1;

/** Writes a log that was drawn: the same lines for the same seed. */
function writeLog(file: string): void {
  const descriptor = openSync(file, 'w');
  writeSync(descriptor, 'cpus=4\n');
  let lines: string[] = [];
  let count = 1;
  for (const { text } of drawnLog({ seed: SEED, look: 'trace-cmd', names: 'fences' })) {
    lines.push(text);
    count += 1;
    if (lines.length === CHUNK || count === LINES) {
      writeSync(descriptor, `${lines.join('\n')}\n`);
      lines = [];
    }
    if (count === LINES) break;
  }
  closeSync(descriptor);
}

// One million lines of a log: how long it takes to watch them, and how much memory.
const [, , given] = process.argv;
if (given === undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-ftrace-'));
  const file = join(folder, 'drawn.log');
  writeLog(file);
  // The memory of a process is that of its worst moment: whoever measures must not have written.
  const { status } = spawnSync(process.execPath, [process.argv[1] ?? '', file], {
    stdio: 'inherit',
  });
  rmSync(folder, { recursive: true });
  process.exitCode = status ?? 1;
} else {
  const before = process.cpuUsage();
  const start = process.hrtime.bigint();
  const report = checkLog(given);
  const wall = Number(process.hrtime.bigint() - start) / 1e9;
  const { user, system } = process.cpuUsage(before);
  const megabytes = process.resourceUsage().maxRSS / 1024;
  const size = statSync(given).size / 1024 / 1024;
  process.stdout.write(
    `${report.lines} lines (${size.toFixed(0)} MB), ${report.events} events, ` +
      `${report.violations.length} violations, ${report.misread.count} misread\n` +
      `${wall.toFixed(2)} s, ${((user + system) / 1e6).toFixed(2)} s of processor time, ` +
      `at most ${megabytes.toFixed(0)} MB\n`,
  );
}
