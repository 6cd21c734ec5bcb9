import type { DmaBuf } from '../../impl/dma-buf/dma-buf.ts';
import type { StackTypes } from '../../impl/stack.ts';
import type { DriverKernel } from './driver-kernel.ts';
import type { Exporter } from './exporter.ts';
import type { FenceDriverClass } from './fence-driver.ts';
import type { Importer } from './importer.ts';
import { DynamicImporter } from './reference/dynamic-importer.ts';
import { MovingExporter } from './reference/moving-exporter.ts';
import { PlainExporter } from './reference/plain-exporter.ts';
import { RingDriver } from './reference/ring-driver.ts';
import { StaticImporter } from './reference/static-importer.ts';

/** A class of exporters: one object for each buffer of so many bytes. */
export type ExporterClass = new (kernel: DriverKernel, bytes: number) => Exporter;
/** A class of importers: one object for each use of a buffer. */
export type ImporterClass = new (kernel: DriverKernel, buffer: DmaBuf) => Importer;

/** The drivers of a world. Programs call each by the name that it has here. */
export interface Drivers {
  readonly PlainExporter: ExporterClass;
  readonly MovingExporter: ExporterClass;
  readonly StaticImporter: ImporterClass;
  readonly DynamicImporter: ImporterClass;
  readonly FenceDriver: FenceDriverClass;
}

/** Drivers as they should be: partners of those under check, and what these are compared with. */
export const REFERENCE_DRIVERS: {
  readonly PlainExporter: typeof PlainExporter;
  readonly MovingExporter: typeof MovingExporter;
  readonly StaticImporter: typeof StaticImporter;
  readonly DynamicImporter: typeof DynamicImporter;
  readonly FenceDriver: typeof RingDriver;
} = {
  PlainExporter,
  MovingExporter,
  StaticImporter,
  DynamicImporter,
  FenceDriver: RingDriver,
};

/** The stack knows nothing of drivers; the classes of a world carry theirs along. */
interface Driven extends StackTypes {
  readonly drivers: Drivers;
}

function isDriven(types: StackTypes): types is Driven {
  return 'drivers' in types;
}

/** The drivers of a world that is built from these classes. */
export function driversOf(types: StackTypes): Drivers {
  return isDriven(types) ? types.drivers : REFERENCE_DRIVERS;
}

/** Classes for a world with other drivers: what is not named stays as it should be. */
export function withDrivers(drivers: Partial<Drivers>): Partial<StackTypes> {
  const driven: Partial<Driven> = { drivers: { ...REFERENCE_DRIVERS, ...drivers } };
  return driven;
}
