import '../programs/operations/index.ts';
import type { Litmus } from './litmus.ts';
import { ARRAY_LITMUS } from './windows/array.ts';
import { CHAIN_LITMUS } from './windows/chain.ts';
import { ATTACH_LITMUS } from './windows/attach.ts';
import { EVICT_LITMUS } from './windows/evict.ts';
import { BUFFER_NAME_LITMUS } from './windows/buffer-names.ts';
import { BUFFER_POLL_LITMUS } from './windows/buffer-poll.ts';
import { BUFFER_SYNC_FILE_LITMUS } from './windows/buffer-sync-files.ts';
import { BUFFER_LITMUS } from './windows/buffer.ts';
import { CALLBACK_LITMUS } from './windows/callback.ts';
import { CONTRACT_LITMUS } from './windows/contract.ts';
import { EXPORTER_LITMUS } from './windows/exporters.ts';
import { KMS_LITMUS } from './windows/kms.ts';
import { MERGE_LITMUS } from './windows/merge.ts';
import { POLL_LITMUS } from './windows/poll.ts';
import { RELEASE_LITMUS } from './windows/release.ts';
import { RESV_REWRITE_LITMUS } from './windows/resv-rewrite.ts';
import { RESV_LITMUS } from './windows/resv.ts';
import { SIGNAL_LITMUS } from './windows/signal.ts';
import { SW_SYNC_FILE_LITMUS } from './windows/sw-sync-file.ts';
import { SW_SYNC_LITMUS } from './windows/sw-sync.ts';
import { SYNC_FILE_LITMUS } from './windows/sync-file.ts';
import { EXEC_LITMUS } from './windows/exec.ts';
import { SYNCOBJ_STEP_LITMUS } from './windows/syncobj-steps.ts';
import { SCHED_LITMUS } from './windows/sched.ts';
import { SYNCOBJ_LITMUS } from './windows/syncobj.ts';
import { VIDEO_LITMUS } from './windows/video.ts';
import { WAIT_ANY_LITMUS } from './windows/wait-any.ts';
import { WAIT_LITMUS } from './windows/wait.ts';
import { WW_LITMUS } from './windows/ww.ts';

/** Every litmus program. */
export const LITMUS: readonly Litmus[] = [
  ...SIGNAL_LITMUS,
  ...CALLBACK_LITMUS,
  ...WAIT_LITMUS,
  ...WAIT_ANY_LITMUS,
  ...POLL_LITMUS,
  ...RELEASE_LITMUS,
  ...ARRAY_LITMUS,
  ...CHAIN_LITMUS,
  ...MERGE_LITMUS,
  ...SYNC_FILE_LITMUS,
  ...SW_SYNC_LITMUS,
  ...SW_SYNC_FILE_LITMUS,
  ...RESV_LITMUS,
  ...RESV_REWRITE_LITMUS,
  ...WW_LITMUS,
  ...ATTACH_LITMUS,
  ...EVICT_LITMUS,
  ...BUFFER_POLL_LITMUS,
  ...BUFFER_NAME_LITMUS,
  ...BUFFER_SYNC_FILE_LITMUS,
  ...EXPORTER_LITMUS,
  ...BUFFER_LITMUS,
  ...SYNCOBJ_LITMUS,
  ...EXEC_LITMUS,
  ...SCHED_LITMUS,
  ...SYNCOBJ_STEP_LITMUS,
  ...VIDEO_LITMUS,
  ...KMS_LITMUS,
  ...CONTRACT_LITMUS,
];
