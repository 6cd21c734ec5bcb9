import type { Lifecycle } from '../../model/lifecycle.ts';
import type { SceneKind } from './scene.ts';
import { ARRAY_SCENES } from './scenes/array.ts';
import { ATTACHMENT_SCENES } from './scenes/attachment.ts';
import { CACHE_LINE_SCENE } from './scenes/cache-line.ts';
import { CALLBACK_SCENE } from './scenes/callback.ts';
import { CAMERA_SCENE } from './scenes/camera.ts';
import { CHAIN_SCENES } from './scenes/chain.ts';
import { CODEC_SCENE } from './scenes/codec.ts';
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

type Scoped = 'resv' | 'wwMutex';

/** Where the machines of a kind are walked, whatever their scope. */
const SCENES: Readonly<Record<Exclude<Lifecycle['kind'], Scoped>, readonly SceneKind[]>> = {
  fence: FENCE_SCENES,
  callback: [CALLBACK_SCENE],
  waiter: [WAITER_SCENE],
  array: ARRAY_SCENES,
  chain: CHAIN_SCENES,
  syncFile: [SYNC_FILE_SCENE],
  pollSlot: [POLL_SLOT_SCENE],
  timeline: [TIMELINE_SCENE],
  dmaBuf: DMA_BUF_SCENES,
  wwContext: WW_CONTEXT_SCENES,
  attachment: ATTACHMENT_SCENES,
  syncobj: [SYNCOBJ_SCENE],
  schedJob: SCHED_JOB_SCENES,
  schedFence: SCHED_FENCE_SCENES,
  schedEntity: SCHED_ENTITY_SCENES,
  scheduler: SCHEDULER_SCENES,
  ttmManager: [TTM_MANAGER_SCENE],
  ttmObject: TTM_OBJECT_SCENES,
  exec: EXEC_SCENES,
  commit: COMMIT_SCENES,
  vblank: [VBLANK_SCENE],
  writebackJob: [WRITEBACK_JOB_SCENE],
  vb2Buffer: VB2_BUFFER_SCENES,
  vb2Queue: VB2_QUEUE_SCENES,
  gpu: [GPU_SCENE],
  dmaEngine: [DMA_ENGINE_SCENE],
  camera: [CAMERA_SCENE],
  codec: [CODEC_SCENE],
  crtc: CRTC_SCENES,
  page: [PAGE_SCENE],
  translation: [TRANSLATION_SCENE],
  cacheLine: [CACHE_LINE_SCENE],
  interruptLine: INTERRUPT_LINE_SCENES,
  timer: [TIMER_SCENE],
};

/** Where the machine of a lifecycle is walked: one scene after the other. */
export function scenesOf({ kind, scope }: Lifecycle): readonly SceneKind[] {
  if (kind === 'wwMutex') return [wwMutexScene(String(scope['callers']))];
  if (kind !== 'resv') return SCENES[kind];
  if (scope['replaced'] !== undefined) return [rewrittenScene(false)];
  if (scope['copied'] !== undefined) return [rewrittenScene(true)];
  return [resvScene(scope['lockProving'] === 'yes')];
}
