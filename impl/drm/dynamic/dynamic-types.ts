import { FollowingImporter } from './following-importer.ts';
import { MovableObject } from './movable-object.ts';

/** Classes of drivers whose buffers move, for the stack to be built from. */
export interface DynamicTypes {
  readonly FollowingImporter: typeof FollowingImporter;
  readonly MovableObject: typeof MovableObject;
}

/** As they should be. */
export const DYNAMIC_TYPES: DynamicTypes = { FollowingImporter, MovableObject };
