import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { type DriverClass, isDriverClass } from '../properties/own-driver/check-driver.ts';
import { WrongUse } from './exit.ts';
import { unknown } from './nearest.ts';

/** The classes of drivers that a module exports, in the order of their names. */
export async function driversIn(file: string): Promise<readonly DriverClass[]> {
  let loaded: unknown;
  try {
    loaded = await import(pathToFileURL(resolve(file)).href);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new WrongUse(`${file}: cannot be loaded as a module: ${reason}`);
  }
  const drivers = Object.values(Object(loaded)).filter((value) => isDriverClass(value));
  if (drivers.length > 0) return drivers.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  throw new WrongUse(
    `${file}: expected an export that extends FenceDriver, Exporter or Importer of this package`,
  );
}

/** The class of this name in a module. */
export async function driverNamed(file: string, name: string): Promise<DriverClass> {
  const drivers = await driversIn(file);
  const found = drivers.find((driver) => driver.name === name);
  if (found !== undefined) return found;
  // It may have been given another name since.
  const [only] = drivers;
  if (only !== undefined && drivers.length === 1) return only;
  throw new WrongUse(
    `${file}: ${unknown(
      'driver',
      name,
      drivers.map((driver) => driver.name),
    )}`,
  );
}
