import { DrmFile } from '../../../impl/drm/drm-file.ts';
import { Framebuffer } from '../../../impl/drm/kms/framebuffer.ts';
import {
  DRM_CLIENT_CAP_ATOMIC,
  DRM_MODE_ATOMIC_ALLOW_MODESET,
  DRM_MODE_ATOMIC_NONBLOCK,
} from '../../../impl/drm/kms/kms-uapi.ts';
import type { ModeConfig } from '../../../impl/drm/kms/mode-config.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { WorldEvent } from '../../../impl/kernel/world.ts';
import type { Stack } from '../../../impl/stack.ts';
import { userStructure } from '../../../impl/uapi/user-memory.ts';
import type { EventName } from '../../../model/events.ts';
import type { ModelEvent } from '../../../model/lifecycle.ts';
import { atomicFields, type Setting } from '../../programs/display-request.ts';
import { ManualDisplay } from '../../programs/manual-display.ts';
import { type Operation, Scene, type SceneKind } from '../scene.ts';

const PERIOD = 16;
const COMMIT: readonly EventName[] = [
  'swap',
  'programmed',
  'flip',
  'flip.nothing',
  'clean',
  'free',
];

/** Commits on one display, lit or dark; the first that is made is looked at. */
class CommitScene extends Scene {
  readonly kind = 'commit';
  readonly operations: readonly Operation[];
  private readonly display: ManualDisplay;
  private readonly config: ModeConfig;
  private readonly file: DrmFile;
  private readonly fb: Framebuffer;

  constructor(stack: Stack, isLit: boolean) {
    super(stack);
    this.display = new ManualDisplay(stack, { hasWriteback: false });
    const { display: config } = this.display.device;
    if (config === null) throw new Error('the device has no display');
    this.config = config;
    this.file = new DrmFile(this.display.device);
    this.file.isStatic = true;
    this.file.display.opened();
    this.file.display.capabilities.set(1 << DRM_CLIENT_CAP_ATOMIC);
    this.fb = new Framebuffer(config, [this.display.device.makeObject(4096, null)], 40);
    this.fb.isStatic = true;
    config.framebuffers.set(40, this.fb);
    if (isLit) stack.world.runNow(this.commit(true, 0));
    const commits = [false, true].flatMap((isModeset) => [
      ...[0, DRM_MODE_ATOMIC_NONBLOCK].map((flags) => this.committing(isModeset, flags, false)),
      this.committing(isModeset, 0, true),
    ]);
    this.operations = [
      ...commits,
      { name: 'tick', emits: ['flip'], body: () => this.display.ticks[0]?.fire() ?? null },
      {
        name: 'darken',
        emits: COMMIT,
        isQuiet: true,
        body: () => this.send(this.config.connectors.length === 0 ? [] : this.off(), 0),
      },
    ];
  }

  private committing(isModeset: boolean, flags: number, isStarved: boolean): Operation {
    const words = [
      isModeset ? 'set the mode' : 'show',
      flags === 0 ? '' : 'without blocking',
      isStarved ? 'with little memory' : '',
    ];
    return {
      name: words.filter((word) => word !== '').join(' '),
      emits: ['make', ...COMMIT],
      isQuiet: true,
      ...(isStarved ? { starvedAfter: 'make' as const } : {}),
      body: () => this.commit(isModeset, flags),
    };
  }

  private *commit(isModeset: boolean, flags: number): KernelTask<number> {
    const { planes, crtcs, connectors } = this.config;
    const crtc = crtcs[0]?.number ?? 0;
    const settings: Setting[] = [
      [planes[0]?.number ?? 0, 'FB_ID', this.fb.number],
      [planes[0]?.number ?? 0, 'CRTC_ID', crtc],
    ];
    if (isModeset) {
      settings.push([connectors[0]?.number ?? 0, 'CRTC_ID', crtc]);
      settings.push([crtc, 'MODE_ID', PERIOD], [crtc, 'ACTIVE', 1]);
    }
    return yield* this.send(settings, flags);
  }

  private off(): Setting[] {
    const { planes, crtcs, connectors } = this.config;
    return [
      [planes[0]?.number ?? 0, 'FB_ID', 0],
      [planes[0]?.number ?? 0, 'CRTC_ID', 0],
      [connectors[0]?.number ?? 0, 'CRTC_ID', 0],
      [crtcs[0]?.number ?? 0, 'MODE_ID', 0],
      [crtcs[0]?.number ?? 0, 'ACTIVE', 0],
    ];
  }

  private *send(settings: readonly Setting[], flags: number): KernelTask<number> {
    const argument = userStructure({
      flags: flags | DRM_MODE_ATOMIC_ALLOW_MODESET,
      ...atomicFields(settings),
    });
    return yield* this.stack.kms.calls.atomic(this.file, this.config, argument);
  }

  /** What was there before does not count. */
  override translate(event: WorldEvent): ModelEvent | null {
    if (this.subject === null && (event.object.kind !== this.kind || event.name !== 'make'))
      return null;
    return super.translate(event);
  }
}

function scene(isLit: boolean): SceneKind {
  return {
    kind: 'commit',
    liveMax: 2,
    asleepMax: 2,
    isSurrounded: false,
    world: { time: 'free' },
    set: (stack: Stack) => new CommitScene(stack, isLit),
  };
}

export const COMMIT_SCENES: readonly SceneKind[] = [scene(false), scene(true)];
