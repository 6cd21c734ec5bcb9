import type { RuleId } from '../../../model/rules/catalogue.ts';
import { type Drivers, type ExporterClass, type ImporterClass } from '../drivers.ts';

/** The driver under check: which one of a world's drivers it takes the place of. */
export interface DriverSubject {
  readonly kind: 'exporter' | 'importer';
  /** Of its class. */
  readonly name: string;
  readonly drivers: Partial<Drivers>;
  /** The operation of programs that makes one: `exporter.moving`. */
  readonly operation: string;
  /** Everything that it owes: named where a judge knows no rule of its own. */
  readonly duties: RuleId;
  /** Calls that make sense for it, besides jobs: moves, the kernel's own mapping. */
  readonly calls: readonly string[];
  /** What is left out, and why. */
  readonly leftOut: readonly string[];
}

const MOVE = 'exporter.move(b)';
const VMAP = 'v = buf.vmapUnlocked(b); buf.vunmapUnlocked(b, v)';
const CPU = 'buf.begin(b, TO_DEVICE); buf.end(b, TO_DEVICE)';

function has(driver: { readonly prototype: object }, method: string): boolean {
  return method in driver.prototype;
}

/** An exporter takes the place of the moving one if it has `pin`, else of the plain one. */
export function exporterSubject(driver: ExporterClass): DriverSubject {
  const isDynamic = has(driver, 'pin');
  const canMove = has(driver, 'move');
  const hasVmap = has(driver, 'vmap');
  return {
    kind: 'exporter',
    name: driver.name,
    drivers: isDynamic ? { MovingExporter: driver } : { PlainExporter: driver },
    operation: isDynamic ? 'exporter.moving' : 'exporter.plain',
    duties: 'LOCKING-012',
    calls: [CPU, ...(canMove ? [MOVE] : []), ...(hasVmap ? [VMAP] : [])],
    leftOut: [
      ...(canMove ? [] : ['moves: the class has no `move`']),
      ...(hasVmap ? [] : ['mappings of the kernel: the class has no `vmap`']),
    ],
  };
}

/** An importer takes the place of the dynamic one if it has `moveNotify`, else of the static one. */
export function importerSubject(driver: ImporterClass): DriverSubject {
  const isDynamic = has(driver, 'moveNotify');
  return {
    kind: 'importer',
    name: driver.name,
    drivers: isDynamic ? { DynamicImporter: driver } : { StaticImporter: driver },
    operation: isDynamic ? 'importer.dynamic' : 'importer.static',
    duties: 'LOCKING-011',
    calls: [CPU, MOVE],
    leftOut: [],
  };
}
