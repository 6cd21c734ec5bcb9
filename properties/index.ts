/**
 * The library behind the command line: programs, schedules, judges, properties, faults, traces.
 *
 *     import { check, readTraceFile, terminalReport } from 'dmabuf-verify';
 *
 *     const report = check({ pattern: 'FENCE-046' });
 *     const trace = readTraceFile('traces/found/FENCE-046-3f9a1c.json');
 *     console.log(terminalReport(trace, { file: null, color: false }));
 *
 * Everything is synchronous and deterministic: equal options give equal reports. What is not
 * exported here may change in any version.
 *
 * @packageDocumentation
 */

// The whole check, and its parts.
export { check } from './check/check.ts';
export { BUDGET_STEPS, type CheckOptions } from './check/options.ts';
export type { CheckReport, RecordingsReport, Reported, SystemReport } from './check/report.ts';
export type { RuleStatus } from './check/coverage.ts';
export { fuzz, type FuzzOptions, type FuzzReport } from './check/fuzz.ts';
export { checkKernel, type KernelFlaw, type KernelReport } from './check/kernel.ts';
export { explain, type Failure } from './check/found.ts';

// Properties: a rule, the programs that try it, and the claim.
export {
  type JudgeName,
  type Property,
  property,
  reached,
  type Witness,
} from './check/property.ts';
export { type Broken, type PropertyResult, runProperty } from './check/run-property.ts';
export { type Expected, resultNamed, results, warnings } from './check/results.ts';
export { PROPERTIES } from './rules/registry.ts';

// Programs, schedules and runs.
export { program, type Written } from './programs/parse.ts';
export type { Call, Program, ProgramWorld, TaskProgram } from './programs/program.ts';
export { allOperations, type Operation, ProgramError } from './programs/operation.ts';
export {
  explore,
  type Explored,
  type ExploreOptions,
  runOnce,
  type Schedules,
} from './run/explore.ts';
export type { Finding } from './run/finding.ts';
export type { Judge, JudgeFactory } from './run/judge.ts';
export type { Run } from './run/run.ts';
export { STANDARD_JUDGES } from './judges/standard.ts';
export { PctStrategy } from './schedules/pct.ts';
export { PosStrategy } from './schedules/pos.ts';
export { RandomStrategy } from './schedules/random.ts';
export type { Strategy } from './schedules/strategy.ts';

// Litmus programs: all the ways in which a program may end.
export { type Litmus, litmus, outcome, type Outcome } from './litmus/litmus.ts';
export {
  armed,
  calls,
  type Observable,
  results as returned,
  status,
} from './litmus/observables.ts';
export { LITMUS } from './litmus/index.ts';
export { isReproduced, type LitmusResult, runLitmus } from './litmus/run-litmus.ts';

// Faults: mistakes that a check must notice.
export { type Fault, fault, withFault } from './faults/fault.ts';
export { FAULTS, findFault } from './faults/registry.ts';
export { KERNEL_FAULTS } from './faults/kernel-6.12/index.ts';
export { INTACT, type StackTypes } from '../impl/stack.ts';
export type { KernelTask } from '../impl/kernel/access.ts';

// Drivers of one's own: exporters, importers, issuers of fences; the battery for them.
export {
  checkExporter,
  checkFenceOps,
  checkImporter,
  type DriverReport,
} from './own-driver/check-driver.ts';
export { type DriverClass, replayDriver, searchDriverAgain } from './own-driver/replay-driver.ts';
export { FenceDriver, type FenceDriverClass } from './own-driver/fence-driver.ts';
export { type Deferred, type DriverTimer, FenceKernel } from './own-driver/fence-kernel.ts';
export { CommandRing } from './own-driver/command-ring.ts';
export { HardwareJob } from './own-driver/hardware-job.ts';
export type { InterruptLine } from './own-driver/interrupt-line.ts';
export type { Cell } from '../impl/kernel/cell.ts';
export type { Mutex } from '../impl/kernel/mutex.ts';
export type { PlainList, PlainWord } from '../impl/kernel/plain.ts';
export type { SpinLock } from '../impl/kernel/spinlock.ts';
export { driverReport, type DriverReportOptions } from './own-driver/driver-report.ts';
export type { DriverFailure } from './own-driver/battery/run-battery.ts';
export type { BatteryOptions } from './own-driver/battery/trial.ts';
export type { ExporterClass, ImporterClass } from './own-driver/drivers.ts';
export { Exporter } from './own-driver/exporter.ts';
export { type AttachOptions, Importer } from './own-driver/importer.ts';
export { DriverKernel } from './own-driver/driver-kernel.ts';
export { Engine, type Job } from './own-driver/engine.ts';
export { DeviceTable, Storage } from './own-driver/storage.ts';
export type { DmaBufAttachment } from '../impl/dma-buf/dma-buf-attachment.ts';
export type { DmaBuf } from '../impl/dma-buf/dma-buf.ts';
export type { DmaFence } from '../impl/dma-buf/dma-fence.ts';
export type { SgTable } from '../impl/dma-buf/sg-table.ts';
export {
  DMA_BIDIRECTIONAL,
  DMA_FROM_DEVICE,
  DMA_NONE,
  DMA_TO_DEVICE,
  type DmaDirection,
} from '../impl/dma-buf/dma-buf-ops.ts';
export {
  DMA_RESV_USAGE_BOOKKEEP,
  DMA_RESV_USAGE_KERNEL,
  DMA_RESV_USAGE_READ,
  DMA_RESV_USAGE_WRITE,
} from '../impl/dma-buf/resv-usage.ts';
export { EBUSY, EINVAL, ENOMEM } from '../impl/kernel/errno.ts';

// Recordings of real kernels.
export { conform, type ConformOptions, type ConformReport } from './conform/conform.ts';
export { keptRecordings } from './conform/kept-recordings.ts';

// Traces: counterexamples as data.
export { replay, type Replayed } from './check/replay.ts';
export { searchAgain, type SearchedAgain } from './check/search-again.ts';
export { parseTrace, readTraceFile, TraceFileError } from '../traces/read.ts';
export { formatTrace, writeTraceFile } from '../traces/write.ts';
export { type Trace } from '../traces/trace.ts';
export { terminalReport, type TerminalReportOptions } from '../traces/report/terminal.ts';

// Rules.
export { isRuleId, type Rule, rule, type RuleId, RULES } from '../model/rules/catalogue.ts';
