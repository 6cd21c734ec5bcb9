import type { Lifecycle } from '../../model/lifecycle.ts';
import type { SceneKind } from './scene.ts';
import { ARRAY_SCENES } from './scenes/array.ts';
import { ATTACHMENT_SCENES } from './scenes/attachment.ts';
import { CACHE_LINE_SCENE } from './scenes/cache-line.ts';
import { CALLBACK_SCENE } from './scenes/callback.ts';
import { CHAIN_SCENES } from './scenes/chain.ts';
import { COMMIT_SCENES } from './scenes/commit.ts';
import { DMA_BUF_SCENES } from './scenes/dma-buf.ts';
import { EXEC_SCENES } from './scenes/exec.ts';
import { CRTC_SCENES } from './scenes/crtc.ts';
import { DMA_ENGINE_SCENE } from './scenes/dma-engine.ts';
import { FENCE_SCENES } from './scenes/fence.ts';
import { GPU_SCENE } from './scenes/gpu.ts';
import { INTERRUPT_LINE_SCENES } from './scenes/interrupt-line.ts';
import { PAGE_SCENE } from './scenes/page.ts';
import { POLL_SLOT_SCENE } from './scenes/poll-slot.ts';
import { resvScene } from './scenes/resv.ts';
import { rewrittenScene } from './scenes/resv-rewritten.ts';
import { SCHED_FENCE_SCENES, SCHED_JOB_SCENES } from './scenes/sched.ts';
import { SCHED_ENTITY_SCENES, SCHEDULER_SCENES } from './scenes/sched-ring.ts';
import { SYNC_FILE_SCENE } from './scenes/sync-file.ts';
import { SYNCOBJ_SCENE } from './scenes/syncobj.ts';
import { TIMER_SCENE } from './scenes/timer.ts';
import { TRANSLATION_SCENE } from './scenes/translation.ts';
import { TIMELINE_SCENE } from './scenes/timeline.ts';
import { TTM_MANAGER_SCENE } from './scenes/ttm-manager.ts';
import { TTM_OBJECT_SCENES } from './scenes/ttm-object.ts';
import { VBLANK_SCENE } from './scenes/vblank.ts';
import { VB2_BUFFER_SCENES } from './scenes/vb2-buffer.ts';
import { VB2_QUEUE_SCENES } from './scenes/vb2-queue.ts';
import { WAITER_SCENE } from './scenes/waiter.ts';
import { WRITEBACK_JOB_SCENE } from './scenes/writeback-job.ts';
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
    case 'schedJob':
      return SCHED_JOB_SCENES;
    case 'schedFence':
      return SCHED_FENCE_SCENES;
    case 'schedEntity':
      return SCHED_ENTITY_SCENES;
    case 'scheduler':
      return SCHEDULER_SCENES;
    case 'ttmManager':
      return [TTM_MANAGER_SCENE];
    case 'ttmObject':
      return TTM_OBJECT_SCENES;
    case 'exec':
      return EXEC_SCENES;
    case 'commit':
      return COMMIT_SCENES;
    case 'vblank':
      return [VBLANK_SCENE];
    case 'writebackJob':
      return [WRITEBACK_JOB_SCENE];
    case 'vb2Buffer':
      return VB2_BUFFER_SCENES;
    case 'vb2Queue':
      return VB2_QUEUE_SCENES;
    case 'gpu':
      return [GPU_SCENE];
    case 'dmaEngine':
      return [DMA_ENGINE_SCENE];
    case 'crtc':
      return CRTC_SCENES;
    case 'page':
      return [PAGE_SCENE];
    case 'translation':
      return [TRANSLATION_SCENE];
    case 'cacheLine':
      return [CACHE_LINE_SCENE];
    case 'interruptLine':
      return INTERRUPT_LINE_SCENES;
    case 'timer':
      return [TIMER_SCENE];
  }
}
