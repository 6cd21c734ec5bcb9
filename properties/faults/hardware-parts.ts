import type { HardwareTypes } from '../../impl/hw/hardware-types.ts';
import type { WorldParts } from '../../impl/kernel/world-parts.ts';
import type { StackTypes } from '../../impl/stack.ts';

/** Classes of a stack with other hardware: what is not named stays as it is. */
export function withHardware(
  { hardware }: StackTypes,
  others: Partial<HardwareTypes>,
): Partial<StackTypes> {
  return { hardware: { ...hardware, ...others } };
}

/** The same for the parts of the world itself. */
export function withWorld({ world }: StackTypes, others: Partial<WorldParts>): Partial<StackTypes> {
  return { world: { ...world, ...others } };
}
