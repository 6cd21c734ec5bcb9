import type { Lifecycle } from '../../model/lifecycle.ts';
import type { SceneKind } from './scene.ts';
import { ARRAY_SCENES } from './scenes/array.ts';
import { ATTACHMENT_SCENES } from './scenes/attachment.ts';
import { CALLBACK_SCENE } from './scenes/callback.ts';
import { CHAIN_SCENES } from './scenes/chain.ts';
import { DMA_BUF_SCENES } from './scenes/dma-buf.ts';
import { FENCE_SCENES } from './scenes/fence.ts';
import { POLL_SLOT_SCENE } from './scenes/poll-slot.ts';
import { resvScene } from './scenes/resv.ts';
import { rewrittenScene } from './scenes/resv-rewritten.ts';
import { SYNC_FILE_SCENE } from './scenes/sync-file.ts';
import { SYNCOBJ_SCENE } from './scenes/syncobj.ts';
import { TIMELINE_SCENE } from './scenes/timeline.ts';
import { WAITER_SCENE } from './scenes/waiter.ts';
import { WW_CONTEXT_SCENES } from './scenes/ww-context.ts';
import { wwMutexScene } from './scenes/ww-mutex.ts';

/** Where the machine of a lifecycle is walked: one scene after the other. */
export function scenesOf({ kind, scope }: Lifecycle): readonly SceneKind[] {
  switch (kind) {
    case 'fence':
      return FENCE_SCENES;
    case 'callback':
      return [CALLBACK_SCENE];
    case 'waiter':
      return [WAITER_SCENE];
    case 'array':
      return ARRAY_SCENES;
    case 'chain':
      return CHAIN_SCENES;
    case 'syncFile':
      return [SYNC_FILE_SCENE];
    case 'pollSlot':
      return [POLL_SLOT_SCENE];
    case 'timeline':
      return [TIMELINE_SCENE];
    case 'resv':
      if (scope['replaced'] !== undefined) return [rewrittenScene(false)];
      if (scope['copied'] !== undefined) return [rewrittenScene(true)];
      return [resvScene(scope['lockProving'] === 'yes')];
    case 'dmaBuf':
      return DMA_BUF_SCENES;
    case 'wwMutex':
      return [wwMutexScene(String(scope['callers']))];
    case 'wwContext':
      return WW_CONTEXT_SCENES;
    case 'attachment':
      return ATTACHMENT_SCENES;
    case 'syncobj':
      return [SYNCOBJ_SCENE];
  }
}
