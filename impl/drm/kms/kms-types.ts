import { AtomicCalls } from './atomic-calls.ts';
import { AtomicCheck } from './atomic-check.ts';
import { AtomicCommits } from './atomic-commits.ts';
import { AtomicProperties } from './atomic-properties.ts';
import { AtomicState } from './atomic-state.ts';
import { CommitSetup } from './commit-setup.ts';
import { CommitTail } from './commit-tail.ts';
import { ConnectorState } from './connector.ts';
import { CrtcCommit } from './crtc-commit.ts';
import { CrtcState } from './crtc.ts';
import { DisplayEvents } from './display-events.ts';
import { Framebuffer } from './framebuffer.ts';
import { Framebuffers } from './framebuffers.ts';
import { Kms } from './kms.ts';
import { OutFences } from './out-fences.ts';
import { PageFlips } from './page-flips.ts';
import { PlaneFences } from './plane-fences.ts';
import { PlaneState } from './plane.ts';
import { VblankEvent } from './vblank-event.ts';
import { Vblank } from './vblank.ts';
import { VkmsDisplay } from './vkms-display.ts';
import { VkmsOutput } from './vkms-output.ts';
import { WritebackJob } from './writeback-job.ts';
import { WritebackQueue } from './writeback-queue.ts';
import { Writebacks } from './writebacks.ts';

/** The classes of displays. */
export interface KmsTypes {
  readonly AtomicCalls: typeof AtomicCalls;
  readonly AtomicCheck: typeof AtomicCheck;
  readonly AtomicCommits: typeof AtomicCommits;
  readonly AtomicProperties: typeof AtomicProperties;
  readonly AtomicState: typeof AtomicState;
  readonly CommitSetup: typeof CommitSetup;
  readonly CommitTail: typeof CommitTail;
  readonly ConnectorState: typeof ConnectorState;
  readonly CrtcCommit: typeof CrtcCommit;
  readonly CrtcState: typeof CrtcState;
  readonly DisplayEvents: typeof DisplayEvents;
  readonly Framebuffer: typeof Framebuffer;
  readonly Framebuffers: typeof Framebuffers;
  readonly Kms: typeof Kms;
  readonly OutFences: typeof OutFences;
  readonly PageFlips: typeof PageFlips;
  readonly PlaneFences: typeof PlaneFences;
  readonly PlaneState: typeof PlaneState;
  readonly VblankEvent: typeof VblankEvent;
  readonly Vblank: typeof Vblank;
  readonly VkmsDisplay: typeof VkmsDisplay;
  readonly VkmsOutput: typeof VkmsOutput;
  readonly WritebackJob: typeof WritebackJob;
  readonly WritebackQueue: typeof WritebackQueue;
  readonly Writebacks: typeof Writebacks;
}

/** Displays as they should be. */
export const INTACT_KMS: KmsTypes = {
  AtomicCalls,
  AtomicCheck,
  AtomicCommits,
  AtomicProperties,
  AtomicState,
  CommitSetup,
  CommitTail,
  ConnectorState,
  CrtcCommit,
  CrtcState,
  DisplayEvents,
  Framebuffer,
  Framebuffers,
  Kms,
  OutFences,
  PageFlips,
  PlaneFences,
  PlaneState,
  VblankEvent,
  Vblank,
  VkmsDisplay,
  VkmsOutput,
  WritebackJob,
  WritebackQueue,
  Writebacks,
};
