import '../programs/operations/index.ts';
import { INTACT } from '../../impl/stack.ts';
import { drawnTrials } from './battery/drawn.ts';
import { type BatteryResult, runBattery } from './battery/run-battery.ts';
import { type DriverSubject, exporterSubject, importerSubject } from './battery/subject.ts';
import { type BatteryOptions, limitsOf } from './battery/trial.ts';
import { writtenTrials } from './battery/trials.ts';
import { type ExporterClass, type ImporterClass, withDrivers } from './drivers.ts';

/** What is known of a driver. */
export interface DriverReport extends BatteryResult {
  readonly kind: 'exporter' | 'importer';
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

function checkDriver(subject: DriverSubject, options: BatteryOptions): DriverReport {
  const { kind, name, drivers, duties, leftOut } = subject;
  const limits = limitsOf(options);
  const result = runBattery({
    trials: [...writtenTrials(subject, limits), ...drawnTrials(subject, limits)],
    types: { ...INTACT, ...withDrivers(drivers) },
    driver: name,
    duties,
    failuresMax: limits.failuresMax,
  });
  return { kind, name, leftOut, ...result };
}
