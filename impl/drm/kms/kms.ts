import type { KernelTask } from '../../kernel/access.ts';
import { EACCES, EOPNOTSUPP } from '../../kernel/errno.ts';
import type { WwClass } from '../../kernel/ww-class.ts';
import type { Stack } from '../../stack.ts';
import type { UserPointer } from '../../uapi/user-memory.ts';
import type { DrmFile } from '../drm-file.ts';
import type { AtomicCalls } from './atomic-calls.ts';
import type { AtomicCheck } from './atomic-check.ts';
import type { AtomicCommits } from './atomic-commits.ts';
import type { AtomicProperties } from './atomic-properties.ts';
import type { CommitSetup } from './commit-setup.ts';
import type { CommitTail } from './commit-tail.ts';
import type { Framebuffers } from './framebuffers.ts';
import {
  DRM_IOCTL_MODE_ATOMIC,
  DRM_IOCTL_MODE_PAGE_FLIP,
  DRM_IOCTL_MODE_RMFB,
} from './kms-uapi.ts';
import type { ModeConfig } from './mode-config.ts';
import type { OutFences } from './out-fences.ts';
import type { PageFlips } from './page-flips.ts';
import type { PlaneFences } from './plane-fences.ts';
import type { Writebacks } from './writebacks.ts';

/** The part of a request that says what is asked for. */
const numberOf = (command: number): number => command & 0xff;

type Call = (file: DrmFile, config: ModeConfig, argument: UserPointer) => KernelTask<number>;

/** What is done with displays, whatever the device. */
export class Kms {
  protected readonly stack: Stack;
  /** The locks of all displays are of this class. @kernel crtc_ww_class */
  readonly modesetClass: WwClass;
  readonly calls: AtomicCalls;
  readonly check: AtomicCheck;
  readonly commits: AtomicCommits;
  readonly framebuffers: Framebuffers;
  readonly outFences: OutFences;
  readonly pageFlips: PageFlips;
  readonly planeFences: PlaneFences;
  readonly properties: AtomicProperties;
  readonly setup: CommitSetup;
  readonly tail: CommitTail;
  readonly writebacks: Writebacks;

  constructor(stack: Stack) {
    const { types } = stack;
    this.stack = stack;
    this.modesetClass = new types.WwClass(stack.world, 'crtc_ww_class', 'wound-wait');
    this.calls = new types.AtomicCalls(stack);
    this.check = new types.AtomicCheck(stack);
    this.commits = new types.AtomicCommits(stack);
    this.framebuffers = new types.Framebuffers(stack);
    this.outFences = new types.OutFences(stack);
    this.pageFlips = new types.PageFlips(stack);
    this.planeFences = new types.PlaneFences(stack);
    this.properties = new types.AtomicProperties(stack);
    this.setup = new types.CommitSetup(stack);
    this.tail = new types.CommitTail(stack);
    this.writebacks = new types.Writebacks(stack);
  }

  /** The request with this number, or null. */
  callOf(file: DrmFile, number: number): ((argument: UserPointer) => KernelTask<number>) | null {
    switch (number) {
      case numberOf(DRM_IOCTL_MODE_RMFB):
        return (argument) => this.framebuffers.remove(file, argument);
      case numberOf(DRM_IOCTL_MODE_PAGE_FLIP):
        return (argument) =>
          this.asMaster(file, argument, (...args) => this.pageFlips.pageFlip(...args));
      case numberOf(DRM_IOCTL_MODE_ATOMIC):
        return (argument) => this.asMaster(file, argument, (...args) => this.calls.atomic(...args));
      default:
        return null;
    }
  }

  /** Only one file changes what is shown. @kernel drm_ioctl_permit @rule DEV-013 @rule KMS-023 */
  protected *asMaster(file: DrmFile, argument: UserPointer, call: Call): KernelTask<number> {
    const { display: config } = file.device;
    if (config === null) return -EOPNOTSUPP;
    if (!config.master.ask((master) => master === file)) return -EACCES;
    return yield* call(file, config, argument);
  }
}
