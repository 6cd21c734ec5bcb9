import type { StackTypes } from '../../impl/stack.ts';
import { TestDevice } from './device.ts';
import { FenceOrigins } from './fence-origins.ts';
import { Paging } from './paging.ts';
import { Recovery } from './recovery.ts';
import { REMEDY_TYPES } from './remedies.ts';

/** The classes that a device is built from. */
export interface DeviceTypes {
  readonly TestDevice: typeof TestDevice;
  readonly Recovery: typeof Recovery;
  readonly Paging: typeof Paging;
  readonly FenceOrigins: typeof FenceOrigins;
  readonly remedies: typeof REMEDY_TYPES;
}

/** The device as it should be. */
export const INTACT_DEVICE: DeviceTypes = {
  TestDevice,
  Recovery,
  Paging,
  FenceOrigins,
  remedies: REMEDY_TYPES,
};

/** The stack knows nothing of devices; the classes of a world carry theirs along. */
interface WithDevice extends StackTypes {
  readonly testDevice: DeviceTypes;
}

function hasDevice(types: StackTypes): types is WithDevice {
  return 'testDevice' in types;
}

/** The classes of devices in a world that is built from these. */
export function deviceTypesOf(types: StackTypes): DeviceTypes {
  return hasDevice(types) ? types.testDevice : INTACT_DEVICE;
}

/** Classes for a world with another device: what is not named stays as it should be. */
export function withDevice(types: Partial<DeviceTypes>): Partial<StackTypes> {
  const other: Partial<WithDevice> = { testDevice: { ...INTACT_DEVICE, ...types } };
  return other;
}
