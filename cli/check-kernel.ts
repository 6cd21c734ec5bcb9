import process from 'node:process';

import { checkKernel, type KernelFlaw, type KernelReport } from '../properties/check/kernel.ts';
import { KERNEL_FAULTS } from '../properties/faults/kernel-6.12/index.ts';
import { printable } from '../traces/printable.ts';
import { terminalReport } from '../traces/report/terminal.ts';
import { counted, wrap } from '../traces/report/text.ts';
import { writeTraceFile } from '../traces/write.ts';
import { writeJson } from './arguments.ts';
import { EXIT, type ExitCode, WrongUse } from './exit.ts';
import { unknown } from './nearest.ts';
import { print, wantsColor } from './output.ts';
import { createProgress } from './progress.ts';

/** Unit: characters. */
const WIDTH_MAX = 100;

export interface KernelFlags {
  readonly json?: string;
  readonly seed: number;
  readonly budget: number;
  /** Folder for counterexamples. */
  readonly found: string;
}

/** `check --kernel-6.12`: what the suite would have found in that kernel. */
export function runCheckKernel(pattern: string | null, flags: KernelFlags): ExitCode {
  const names = KERNEL_FAULTS.flatMap(({ id, breaks }) => [id, ...breaks]);
  if (pattern !== null && !names.some((name) => name.includes(pattern))) {
    throw new WrongUse(unknown('flaw of Linux 6.12', pattern, names));
  }
  const progress = createProgress(process.stderr);
  const report = checkKernel(KERNEL_FAULTS, {
    pattern,
    seed: flags.seed,
    budgetSteps: flags.budget,
    progress: (text) => progress.show(printable(text)),
  });
  progress.end();
  for (const flaw of report.flaws) showFlaw(flaw, flags.found);
  print(summary(report).join('\n'));
  if (flags.json !== undefined) writeJson(flags.json, report);
  if (report.faults.caught > 0) return EXIT.broken;
  return EXIT.partial;
}

function showFlaw(flaw: KernelFlaw, found: string): void {
  const { id, mistake, breaks, evidence, trace, message } = flaw;
  const lines = [
    ...wrap(`Linux 6.12 (${id}): ${mistake}`, WIDTH_MAX),
    `  breaks   ${breaks.join(', ')}`,
    ...(evidence === '' ? [] : [`  evidence ${evidence}`]),
  ];
  print(lines.join('\n'));
  if (trace !== null) {
    const file = writeTraceFile(found, trace);
    print(terminalReport(trace, { file, color: wantsColor(process.stdout, process.env) }));
  } else if (message !== null) {
    print(` FAIL  ${flaw.rules.join(', ')}  ${printable(message)} (found by ${flaw.source})\n`);
  } else {
    print('  nothing was found within these bounds\n');
  }
}

function summary({ faults, runs, steps, seed, partial }: KernelReport): string[] {
  return [
    ...partial.map((entry) => `partial     ${printable(entry)}`),
    `${faults.caught} of ${counted(faults.total, 'known flaw')} of Linux 6.12 found in ` +
      `${counted(runs, 'run')}, ${counted(steps, 'step')}, seed ${seed}`,
    'This is about that kernel: each flaw was built in for its own search. The intact',
    'implementation, which does what the rules say, was not checked; plain `check` does that.',
  ];
}
