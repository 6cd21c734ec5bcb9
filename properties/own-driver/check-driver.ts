import '../programs/operations/index.ts';
import { INTACT } from '../../impl/stack.ts';
import { fenceDrawnTrials } from './battery/fence-drawn.ts';
import { fenceTrials } from './battery/fence-trials.ts';
import { drawnTrials } from './battery/drawn.ts';
import { type Battery, type BatteryResult, runBattery } from './battery/run-battery.ts';
import { type DriverSubject, exporterSubject, importerSubject } from './battery/subject.ts';
import { type BatteryOptions, type Limits, limitsOf } from './battery/trial.ts';
import { writtenTrials } from './battery/trials.ts';
import { type ExporterClass, type ImporterClass, withDrivers } from './drivers.ts';
import { Exporter } from './exporter.ts';
import { FenceDriver, type FenceDriverClass } from './fence-driver.ts';
import { FENCE_DUTY, fenceFindings } from './fence-findings.ts';
import { Importer } from './importer.ts';
import { RecoveringDriver } from './reference/recovering-driver.ts';

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
  return checkBufferDriver(exporterSubject(driver), options);
}

/**
 * Runs the whole battery against an importer, beside exporters that stay and exporters that move.
 *
 *     const report = checkImporter(Gpu);
 *     console.log(driverReport(report));
 */
export function checkImporter(driver: ImporterClass, options: BatteryOptions = {}): DriverReport {
  return checkBufferDriver(importerSubject(driver), options);
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
  const leftOut = leftOutOf(driver);
  return {
    kind: 'fence driver',
    name: driver.name,
    leftOut,
    ...runBattery(fenceBattery(driver, limits)),
  };
}

/** Ops that the class does not have cannot be wrong. */
function leftOutOf({ prototype }: FenceDriverClass): readonly string[] {
  const ops = ['enableSignaling', 'signaled', 'release', 'setDeadline', 'wait', 'interrupt'];
  const missing = ops.filter((op) => !(op in prototype));
  const leftOut: string[] = [];
  if (missing.length > 0) leftOut.push(`ops that the class does not have: ${missing.join(', ')}`);
  if (!('timedOut' in prototype)) leftOut.push('jobs that hang: the class has no `timedOut`');
  return leftOut;
}

function checkBufferDriver(subject: DriverSubject, options: BatteryOptions): DriverReport {
  const { kind, name, leftOut } = subject;
  return { kind, name, leftOut, ...runBattery(bufferBattery(subject, limitsOf(options))) };
}

function fenceBattery(driver: FenceDriverClass, limits: Limits): Battery {
  const { failuresMax, shrinks } = limits;
  const recovers = 'timedOut' in driver.prototype;
  // Where jobs hang, nothing is right without a recovery.
  const right = recovers ? { FenceDriver: RecoveringDriver } : {};
  return {
    trials: [...fenceTrials(limits, recovers), ...fenceDrawnTrials(limits)],
    types: { ...INTACT, ...withDrivers({ FenceDriver: driver }) },
    baseline: { ...INTACT, ...withDrivers(right) },
    driver: driver.name,
    duties: FENCE_DUTY,
    read: fenceFindings,
    failuresMax,
    shrinks,
  };
}

function bufferBattery(subject: DriverSubject, limits: Limits): Battery {
  const { name, drivers, duties } = subject;
  const { failuresMax, shrinks } = limits;
  return {
    trials: [...writtenTrials(subject, limits), ...drawnTrials(subject, limits)],
    types: { ...INTACT, ...withDrivers(drivers) },
    driver: name,
    duties,
    failuresMax,
    shrinks,
  };
}

/** A driver of any kind. */
export type DriverClass = ExporterClass | ImporterClass | FenceDriverClass;

/** A value that a module exports is a class of drivers. */
export function isDriverClass(value: unknown): value is DriverClass {
  return isFenceDriver(value) || isExporter(value) || isImporter(value);
}

/** Runs the battery for this kind of driver. */
export function checkDriver(driver: DriverClass, options: BatteryOptions = {}): DriverReport {
  if (isFenceDriver(driver)) return checkFenceOps(driver, options);
  return isExporter(driver) ? checkExporter(driver, options) : checkImporter(driver, options);
}

/** What runs for it, and how its runs are read. */
export function batteryFor(driver: DriverClass, limits: Limits): Battery {
  if (isFenceDriver(driver)) return fenceBattery(driver, limits);
  const isExported = isExporter(driver);
  return bufferBattery(isExported ? exporterSubject(driver) : importerSubject(driver), limits);
}

function extendsClass(value: unknown, base: { readonly prototype: object }): boolean {
  return typeof value === 'function' && base.prototype.isPrototypeOf(Object(value.prototype));
}

function isFenceDriver(value: unknown): value is FenceDriverClass {
  return extendsClass(value, FenceDriver);
}

function isExporter(value: unknown): value is ExporterClass {
  return extendsClass(value, Exporter);
}

function isImporter(value: unknown): value is ImporterClass {
  return extendsClass(value, Importer);
}
