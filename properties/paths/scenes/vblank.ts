import type { Vblank } from '../../../impl/drm/kms/vblank.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Stack } from '../../../impl/stack.ts';
import { ManualDisplay } from '../../programs/manual-display.ts';
import { type Operation, Scene, type SceneKind } from '../scene.ts';

const SENDS = ['send', 'put'] as const;

/** The vertical blanks of one CRTC; the scene has the references of those who want them. */
class VblankScene extends Scene {
  readonly kind = 'vblank';
  private display: ManualDisplay | null = null;
  private references = 0;

  readonly operations: readonly Operation[] = [
    { name: 'init', emits: ['init'], body: () => (this.display === null ? this.init() : null) },
    { name: 'on', emits: ['on'], body: () => this.use((vblank) => vblank.on()) },
    {
      name: 'off',
      emits: ['off', ...SENDS],
      begins: ['off'],
      body: () => this.use((vblank) => vblank.off()),
    },
    {
      name: 'get',
      emits: ['get', 'get.refused'],
      answers: ['get', 'get.refused'],
      body: () => this.use((vblank) => this.get(vblank)),
    },
    {
      name: 'put',
      emits: ['put'],
      body: () => (this.references > 0 ? this.use((vblank) => this.put(vblank)) : null),
    },
    {
      name: 'arm',
      emits: ['get', 'get.refused', 'arm'],
      begins: ['get', 'get.refused'],
      body: () => this.use((vblank) => this.arm(vblank)),
    },
    {
      name: 'tick',
      emits: ['tick', ...SENDS, 'rest'],
      begins: ['tick'],
      body: () => this.use((vblank) => vblank.handle()),
    },
  ];

  private *init(): KernelTask<void> {
    this.display = new ManualDisplay(this.stack);
  }

  private use(run: (vblank: Vblank) => KernelTask<unknown>): KernelTask<unknown> | null {
    const vblank = this.display?.device.display?.crtcs[0]?.vblank ?? null;
    return vblank === null ? null : run(vblank);
  }

  private *get(vblank: Vblank): KernelTask<number> {
    const error = yield* vblank.get();
    if (error === 0) this.references += 1;
    return error;
  }

  private *put(vblank: Vblank): KernelTask<void> {
    this.references -= 1;
    yield* vblank.put();
  }

  /** As drivers do it: what cannot be armed is dropped here. */
  private *arm(vblank: Vblank): KernelTask<void> {
    const { config } = vblank.crtc;
    const event = new this.stack.types.VblankEvent(vblank.crtc, 0);
    yield* config.eventLock.acquireIrq();
    const error = yield* vblank.get();
    if (error === 0) vblank.arm(event);
    config.eventLock.releaseIrq();
    if (error !== 0) yield* event.cancel();
  }
}

export const VBLANK_SCENE: SceneKind = {
  kind: 'vblank',
  liveMax: 2,
  asleepMax: 0,
  isSurrounded: false,
  world: {},
  set: (stack: Stack) => new VblankScene(stack),
};
