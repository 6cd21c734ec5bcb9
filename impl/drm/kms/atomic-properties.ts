import type { KernelTask } from '../../kernel/access.ts';
import { EFAULT, EINVAL, ENOENT } from '../../kernel/errno.ts';
import type { Stack } from '../../stack.ts';
import type { UserPointer } from '../../uapi/user-memory.ts';
import { wordAt } from '../../uapi/user-word.ts';
import type { AtomicState } from './atomic-state.ts';
import type { Connector, ConnectorState } from './connector.ts';
import { Crtc, type CrtcState } from './crtc.ts';
import type { Framebuffer } from './framebuffer.ts';
import { type PropertyName, propertyName, signed } from './kms-uapi.ts';
import type { ModeConfig } from './mode-config.ts';
import { Plane, type PlaneState } from './plane.ts';

const OF_PLANES: readonly PropertyName[] = [
  'CRTC_ID',
  'FB_ID',
  'IN_FENCE_FD',
  'FB_DAMAGE_CLIPS',
  'alpha',
];
const OF_CRTCS: readonly PropertyName[] = ['ACTIVE', 'MODE_ID', 'OUT_FENCE_PTR'];
const OF_WRITEBACK: readonly PropertyName[] = ['WRITEBACK_FB_ID', 'WRITEBACK_OUT_FENCE_PTR'];
/** What an asynchronous flip may change, of the primary plane. @rule KMS-005 */
const MAY_FLIP: readonly PropertyName[] = ['FB_ID', 'IN_FENCE_FD', 'FB_DAMAGE_CLIPS'];

/** Longest time that a picture stays. Unit: jiffies. Numbers of modes are their periods. */
const PERIOD_MAX = 1000n;
const FD_MAX: bigint = 2n ** 31n - 1n;

/** One property that a call sets. */
export interface Setting {
  readonly argument: UserPointer;
  readonly name: PropertyName;
  /** What user space wrote, whatever it means. */
  readonly word: bigint;
  readonly isAsync: boolean;
}

/** Properties of planes, CRTCs and connectors, as user space sets them. */
export class AtomicProperties {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** The plane, CRTC or connector with this number. @kernel drm_mode_object_find */
  find(config: ModeConfig, number: number): Plane | Crtc | Connector | null {
    const isMeant = (object: Plane | Crtc | Connector): boolean => object.number === number;
    const { planes, crtcs, connectors } = config;
    return planes.find(isMeant) ?? crtcs.find(isMeant) ?? connectors.find(isMeant) ?? null;
  }

  /** The object's property with this number. @kernel drm_mode_obj_find_prop_id */
  property(object: Plane | Crtc | Connector, number: number): PropertyName | null {
    const name = propertyName(number);
    if (name === null) return null;
    if (object instanceof Plane) return OF_PLANES.includes(name) ? name : null;
    if (object instanceof Crtc) return OF_CRTCS.includes(name) ? name : null;
    if (name === 'CRTC_ID') return name;
    return object.writeback !== null && OF_WRITEBACK.includes(name) ? name : null;
  }

  /** @kernel drm_atomic_set_property */
  *set(state: AtomicState, object: Plane | Crtc | Connector, setting: Setting): KernelTask<number> {
    const fb = this.namesFramebuffer(setting.name)
      ? yield* state.config.lookup(Number(setting.word))
      : null;
    let error = this.isValid(state.config, setting, fb) ? 0 : -EINVAL;
    if (error === 0) error = yield* this.setOf(state, object, setting, fb);
    if (fb !== null) yield* fb.put();
    return error;
  }

  protected namesFramebuffer(name: PropertyName): boolean {
    return name === 'FB_ID' || name === 'WRITEBACK_FB_ID';
  }

  /** @kernel drm_property_change_valid_get */
  protected isValid(config: ModeConfig, setting: Setting, fb: Framebuffer | null): boolean {
    const { name, word } = setting;
    switch (name) {
      case 'FB_ID':
      case 'WRITEBACK_FB_ID':
        return word === 0n || fb !== null;
      case 'CRTC_ID':
        return word === 0n || config.crtcs.some(({ number }) => BigInt(number) === word);
      case 'IN_FENCE_FD':
        return signed(word) >= -1n && signed(word) <= FD_MAX;
      case 'ACTIVE':
        return word <= 1n;
      case 'MODE_ID':
        return word <= PERIOD_MAX;
      case 'alpha':
        return word <= 0xffffn;
      case 'FB_DAMAGE_CLIPS':
      case 'OUT_FENCE_PTR':
      case 'WRITEBACK_OUT_FENCE_PTR':
        return true;
    }
  }

  protected *setOf(
    state: AtomicState,
    object: Plane | Crtc | Connector,
    setting: Setting,
    fb: Framebuffer | null,
  ): KernelTask<number> {
    if (object instanceof Plane) {
      const plane = yield* state.planeState(object);
      if (typeof plane === 'number') return plane;
      if (setting.isAsync && !MAY_FLIP.includes(setting.name)) {
        return this.unchanged(this.planeValue(plane, setting.name), setting);
      }
      if (setting.isAsync && !this.mayFlip(object)) return -EINVAL;
      return yield* this.setPlane(state, plane, setting, fb);
    }
    if (object instanceof Crtc) {
      const crtc = yield* state.crtcState(object);
      if (typeof crtc === 'number') return crtc;
      if (setting.isAsync) return this.unchanged(this.crtcValue(crtc, setting.name), setting);
      return yield* this.setCrtc(state, crtc, setting);
    }
    const connector = yield* state.connectorState(object);
    if (typeof connector === 'number') return connector;
    if (setting.isAsync) {
      const value = setting.name === 'CRTC_ID' ? (connector.crtc.get()?.number ?? 0) : 0;
      return this.unchanged(value, setting);
    }
    return yield* this.setConnector(state, connector, setting, fb);
  }

  /** @rule KMS-005 */
  protected mayFlip(plane: Plane): boolean {
    return plane.type === 'primary';
  }

  /** Of what an asynchronous flip must not change it may name the value. @kernel drm_atomic_check_prop_changes */
  protected unchanged(value: number, setting: Setting): number {
    return BigInt(value) === setting.word ? 0 : -EINVAL;
  }

  protected planeValue(plane: PlaneState, name: PropertyName): number {
    return name === 'alpha' ? plane.alpha.get() : (plane.crtc.get()?.number ?? 0);
  }

  protected crtcValue(crtc: CrtcState, name: PropertyName): number {
    if (name === 'ACTIVE') return crtc.active.get() ? 1 : 0;
    // Nobody reads back where a fence goes.
    return name === 'MODE_ID' ? crtc.mode.get() : 0;
  }

  /** @kernel drm_atomic_plane_set_property */
  protected *setPlane(
    state: AtomicState,
    plane: PlaneState,
    { name, word: value }: Setting,
    fb: Framebuffer | null,
  ): KernelTask<number> {
    switch (name) {
      case 'FB_ID':
        yield* plane.setFramebuffer(fb);
        return 0;
      case 'CRTC_ID':
        return yield* this.movePlane(state, plane, this.crtcOf(state.config, value));
      case 'IN_FENCE_FD':
        return yield* this.setInFence(plane, Number(signed(value)));
      case 'FB_DAMAGE_CLIPS':
        plane.damage.set(Number(value));
        return 0;
      default:
        plane.alpha.set(Number(value));
        return 0;
    }
  }

  /** One fence for a commit; -1 is none, and forbids no other. @rule KMS-001 */
  protected *setInFence(plane: PlaneState, fd: number): KernelTask<number> {
    if (!plane.fence.isNull()) return -EINVAL;
    if (fd === -1) return 0;
    const fence = yield* this.stack.syncFiles.getFence(fd);
    if (fence === null) return -EINVAL;
    plane.fence.set(fence);
    return 0;
  }

  /** @kernel drm_atomic_set_crtc_for_plane */
  *movePlane(state: AtomicState, plane: PlaneState, to: Crtc | null): KernelTask<number> {
    const from = plane.crtc.get();
    if (from === to) return 0;
    const bit = 1 << plane.plane.index;
    for (const crtc of [from, to]) {
      if (crtc === null) continue;
      const next = yield* state.crtcState(crtc);
      if (typeof next === 'number') return next;
      next.planeMask.change((mask) => (crtc === to ? mask | bit : mask & ~bit));
    }
    plane.crtc.set(to);
    return 0;
  }

  protected crtcOf(config: ModeConfig, value: bigint): Crtc | null {
    return config.crtcs.find(({ number }) => BigInt(number) === value) ?? null;
  }

  /** @kernel drm_atomic_crtc_set_property */
  protected *setCrtc(
    state: AtomicState,
    crtc: CrtcState,
    { name, word: value, argument }: Setting,
  ): KernelTask<number> {
    if (name === 'ACTIVE') crtc.active.set(value === 1n);
    else if (name === 'MODE_ID') crtc.mode.set(Number(value));
    else return yield* this.setPointer(state.crtcPointers, crtc.crtc.index, argument, value);
    return 0;
  }

  /** From here on the word reads -1 unless everything succeeds. @rule KMS-002 */
  protected *setPointer(
    pointers: AtomicState['crtcPointers'],
    index: number,
    argument: UserPointer,
    address: bigint,
  ): KernelTask<number> {
    if (address === 0n) return 0;
    const word = wordAt(argument, address);
    if (word === null || !(yield* word.put(-1))) return -EFAULT;
    pointers.set(index, word);
    return 0;
  }

  /** @kernel drm_atomic_connector_set_property */
  protected *setConnector(
    state: AtomicState,
    connector: ConnectorState,
    { name, word: value, argument }: Setting,
    fb: Framebuffer | null,
  ): KernelTask<number> {
    const { index } = connector.connector;
    if (name === 'WRITEBACK_OUT_FENCE_PTR') {
      return yield* this.setPointer(state.connectorPointers, index, argument, value);
    }
    if (name === 'WRITEBACK_FB_ID') {
      return yield* this.stack.kms.writebacks.setFramebuffer(connector, fb);
    }
    return yield* this.moveConnector(state, connector, this.crtcOf(state.config, value));
  }

  /** @kernel drm_atomic_set_crtc_for_connector */
  *moveConnector(
    state: AtomicState,
    connector: ConnectorState,
    to: Crtc | null,
  ): KernelTask<number> {
    const from = connector.crtc.get();
    if (from === to) return 0;
    const bit = 1 << connector.connector.index;
    for (const crtc of [from, to]) {
      if (crtc === null) continue;
      const next = yield* state.crtcState(crtc);
      if (typeof next === 'number') return next;
      next.connectorMask.change((mask) => (crtc === to ? mask | bit : mask & ~bit));
    }
    connector.crtc.set(to);
    return 0;
  }

  /** No such object, or no such property of it: both are unknown. @rule KMS-023 */
  get unknown(): number {
    return -ENOENT;
  }
}
