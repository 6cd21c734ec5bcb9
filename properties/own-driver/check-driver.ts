import '../programs/operations/index.ts';
import { INTACT } from '../../impl/stack.ts';
import { fenceDrawnTrials } from './battery/fence-drawn.ts';
import { fenceTrials } from './battery/fence-trials.ts';
import { drawnTrials } from './battery/drawn.ts';
import { type BatteryResult, runBattery } from './battery/run-battery.ts';
import { type DriverSubject, exporterSubject, importerSubject } from './battery/subject.ts';
import { type BatteryOptions, limitsOf } from './battery/trial.ts';
import { writtenTrials } from './battery/trials.ts';
import { type ExporterClass, type ImporterClass, withDrivers } from './drivers.ts';
import type { FenceDriverClass } from './fence-driver.ts';
import { FENCE_DUTY, fenceFindings } from './fence-findings.ts';

/** What is known of a driver. */
export interface DriverReport extends BatteryResult {
  readonly kind: 'exporter' | 'importer' | 'fence driver';
  /** Of its class. */
  readonly name: string;
  /** What was not tried, and why. */
  readonly leftOut: readonly string[];
}

/**
 * Runs the whole battery against an exporter: the protocol of attachments with importers of both
 * kinds, one after the other and at once, with moves, missing memory and early releases; programs
 * that are written and programs that are drawn; and every judge watches.
 *
 *     const report = checkExporter(Vram);
 *     console.log(driverReport(report));
 */
export function checkExporter(driver: ExporterClass, options: BatteryOptions = {}): DriverReport {
  return checkDriver(exporterSubject(driver), options);
}

/**
 * Runs the whole battery against an importer, beside exporters that stay and exporters that move.
 *
 *     const report = checkImporter(Gpu);
 *     console.log(driverReport(report));
 */
export function checkImporter(driver: ImporterClass, options: BatteryOptions = {}): DriverReport {
  return checkDriver(importerSubject(driver), options);
}

/**
 * Runs the whole battery against an issuer of fences: waits, polls, callbacks, deadlines and puts
 * beside the hardware and its interrupts; submissions at once; time, memory and patience that run
 * out; and arrays, reservations and sync_files over its fences.
 *
 *     const report = checkFenceOps(RingGpu);
 *     console.log(driverReport(report));
 */
export function checkFenceOps(
  driver: FenceDriverClass,
  options: BatteryOptions = {},
): DriverReport {
  const limits = limitsOf(options);
  const result = runBattery({
    trials: [...fenceTrials(limits), ...fenceDrawnTrials(limits)],
    types: { ...INTACT, ...withDrivers({ FenceDriver: driver }) },
    driver: driver.name,
    duties: FENCE_DUTY,
    read: fenceFindings,
    failuresMax: limits.failuresMax,
    shrinks: limits.shrinks,
  });
  return { kind: 'fence driver', name: driver.name, leftOut: leftOutOf(driver), ...result };
}

/** Ops that the class does not have cannot be wrong. */
function leftOutOf({ prototype }: FenceDriverClass): readonly string[] {
  const ops = ['enableSignaling', 'signaled', 'release', 'setDeadline', 'wait', 'interrupt'];
  const missing = ops.filter((op) => !(op in prototype));
  return missing.length === 0 ? [] : [`ops that the class does not have: ${missing.join(', ')}`];
}

function checkDriver(subject: DriverSubject, options: BatteryOptions): DriverReport {
  const { kind, name, drivers, duties, leftOut } = subject;
  const limits = limitsOf(options);
  const result = runBattery({
    trials: [...writtenTrials(subject, limits), ...drawnTrials(subject, limits)],
    types: { ...INTACT, ...withDrivers(drivers) },
    driver: name,
    duties,
    failuresMax: limits.failuresMax,
    shrinks: limits.shrinks,
  });
  return { kind, name, leftOut, ...result };
}
