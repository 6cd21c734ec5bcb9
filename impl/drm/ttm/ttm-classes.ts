import { TtmBulkMove } from './ttm-bulk-move.ts';
import { TtmDevice } from './ttm-device.ts';
import { TtmEvictions } from './ttm-evictions.ts';
import { TtmExport } from './ttm-exports.ts';
import { TtmGhosts } from './ttm-ghosts.ts';
import { TtmImports } from './ttm-imports.ts';
import { TtmLru } from './ttm-lru.ts';
import { TtmManager } from './ttm-manager.ts';
import { TtmMoves } from './ttm-moves.ts';
import { TtmObject } from './ttm-object.ts';
import { TtmPlacing } from './ttm-placing.ts';
import { TtmResource } from './ttm-resource.ts';
import { TtmTt } from './ttm-tt.ts';
import { TtmUsers } from './ttm-users.ts';

/** The classes that devices with moving objects are built from. */
export interface TtmTypes {
  readonly TtmBulkMove: typeof TtmBulkMove;
  readonly TtmDevice: typeof TtmDevice;
  readonly TtmEvictions: typeof TtmEvictions;
  readonly TtmExport: typeof TtmExport;
  readonly TtmGhosts: typeof TtmGhosts;
  readonly TtmImports: typeof TtmImports;
  readonly TtmLru: typeof TtmLru;
  readonly TtmManager: typeof TtmManager;
  readonly TtmMoves: typeof TtmMoves;
  readonly TtmObject: typeof TtmObject;
  readonly TtmPlacing: typeof TtmPlacing;
  readonly TtmResource: typeof TtmResource;
  readonly TtmTt: typeof TtmTt;
  readonly TtmUsers: typeof TtmUsers;
}

/** Those classes as they should be. */
export const INTACT_TTM: TtmTypes = {
  TtmBulkMove,
  TtmDevice,
  TtmEvictions,
  TtmExport,
  TtmGhosts,
  TtmImports,
  TtmLru,
  TtmManager,
  TtmMoves,
  TtmObject,
  TtmPlacing,
  TtmResource,
  TtmTt,
  TtmUsers,
};
