import { KernelObject, type StateValue, type StateVisitor } from '../../impl/kernel/object.ts';
import type { DriverKernel } from './driver-kernel.ts';

/** Fields of every kernel object, which are no state of the driver. */
const COMMON: ReadonlySet<string> = new Set([
  'world',
  'kind',
  'idTask',
  'idCall',
  'idNth',
  'alias',
  'isStatic',
  'freedBy',
  'kernel',
]);

/** A word of the kernel, which tells its value. */
interface Valued {
  readonly value: StateValue;
}

/** The driver under check: an object whose fields are its state. */
export abstract class Driver extends KernelObject {
  /** What the simulated kernel offers. */
  protected readonly kernel: DriverKernel;

  constructor(kernel: DriverKernel, kind: string) {
    super(kernel.world, kind);
    this.kernel = kernel;
  }

  /** All fields, as they are: a driver need not list them. */
  visitState(visit: StateVisitor): void {
    for (const [field, value] of Object.entries(this)) {
      if (!COMMON.has(field)) visitField(field, value, visit);
    }
  }
}

function visitField(field: string, value: unknown, visit: StateVisitor): void {
  if (isStateValue(value)) visit(field, value);
  else if (value instanceof Map || value instanceof Set) visitField(field, [...value], visit);
  else if (Array.isArray(value)) for (const item of value) visitField(field, item, visit);
  else if (isValued(value)) visit(field, value.value);
  else if (value === undefined) visit(field, null);
  else visit(field, heldBy(value));
}

function isStateValue(value: unknown): value is StateValue {
  if (value === null || value instanceof KernelObject) return true;
  return ['number', 'bigint', 'string', 'boolean'].includes(typeof value);
}

function isValued(value: unknown): value is Valued {
  return typeof value === 'object' && value !== null && 'value' in value;
}

/** Of a lock, who holds it; what else an object of the driver's own is, is not looked into. */
function heldBy(value: unknown): string {
  const isLock = typeof value === 'object' && value !== null && 'holder' in value;
  const holder = isLock ? value.holder : null;
  return typeof holder === 'object' && holder !== null && 'name' in holder
    ? String(holder.name)
    : '';
}
