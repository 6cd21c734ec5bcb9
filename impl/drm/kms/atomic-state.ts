import type { KernelTask } from '../../kernel/access.ts';
import { Count } from '../../kernel/count.ts';
import { ENOMEM } from '../../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainTable, PlainWord } from '../../kernel/plain.ts';
import type { UserWord } from '../../uapi/user-word.ts';
import type { Connector, ConnectorState } from './connector.ts';
import type { CrtcCommit } from './crtc-commit.ts';
import type { Crtc, CrtcState } from './crtc.ts';
import type { DisplayState } from './display-state.ts';
import type { ModeConfig } from './mode-config.ts';
import type { ModesetContext } from './modeset-lock.ts';
import type { Plane, PlaneState } from './plane.ts';

/** A state that shall be, and the one that it replaces. */
export interface Change<T extends DisplayState> {
  readonly next: T;
  readonly old: T;
}

/** The states of one kind that a commit changes, by the index of their object. */
class Changes<T extends DisplayState> {
  private readonly next: PlainTable<T | null>;
  private readonly old: PlainTable<T | null>;

  constructor(place: KernelObject, field: string) {
    this.next = new PlainTable<T | null>(place, `${field}.new`);
    this.old = new PlainTable<T | null>(place, `${field}.old`);
  }

  get(index: number): T | null {
    return this.next.get(index);
  }

  add(index: number, old: T, next: T): void {
    this.old.set(index, old);
    this.next.set(index, next);
  }

  remove(index: number): void {
    this.old.set(index, null);
    this.next.set(index, null);
  }

  /** In the order of their indices. */
  all(): readonly (Change<T> & { readonly index: number })[] {
    const changes: (Change<T> & { readonly index: number })[] = [];
    for (const [index, next] of this.next.entries()) {
      const old = this.old.get(index);
      if (next !== null && old !== null) changes.push({ index, next, old });
    }
    return changes;
  }

  /** For state keys. */
  abstract(): readonly (DisplayState | number | null)[] {
    const words = [...this.next.value, ...this.old.value];
    return words.flatMap(([index, state]) => (state === null ? [] : [index, state]));
  }
}

/**
 * Everything that a commit changes, all at once or not at all. Caller and worker each have a
 * reference.
 *
 * @kernel struct drm_atomic_state
 */
export class AtomicState extends KernelObject {
  readonly config: ModeConfig;
  readonly references: Count;
  readonly allowsModeset: boolean;
  /** Null once the caller is gone. */
  readonly planes: Changes<PlaneState>;
  readonly crtcs: Changes<CrtcState>;
  readonly connectors: Changes<ConnectorState>;
  /** What each CRTC's commit is, for the clean-up. @kernel crtcs[i].commit */
  readonly commits: PlainTable<CrtcCommit | null>;
  /** For what no CRTC is part of. @kernel fake_commit */
  readonly fakeCommit: PlainWord<CrtcCommit | null>;
  /** Where the numbers of out-fences go. @kernel crtcs[i].out_fence_ptr connectors[i].out_fence_ptr */
  readonly crtcPointers: PlainTable<UserWord | null>;
  readonly connectorPointers: PlainTable<UserWord | null>;
  /** The new states are the states of their objects: the old ones are left to free. */
  readonly isSwapped: PlainWord<boolean>;
  private readonly context: ModesetContext;

  constructor(config: ModeConfig, context: ModesetContext, allowsModeset: boolean) {
    super(config.world, 'atomicState');
    this.config = config;
    this.context = context;
    this.allowsModeset = allowsModeset;
    this.references = new Count(this, 'references');
    this.planes = new Changes<PlaneState>(this, 'planes');
    this.crtcs = new Changes<CrtcState>(this, 'crtcs');
    this.connectors = new Changes<ConnectorState>(this, 'connectors');
    this.commits = new PlainTable<CrtcCommit | null>(this, 'commits');
    this.fakeCommit = new PlainWord<CrtcCommit | null>(this, 'fake_commit', null);
    this.crtcPointers = new PlainTable<UserWord | null>(this, 'crtc.out_fence_ptr');
    this.connectorPointers = new PlainTable<UserWord | null>(this, 'connector.out_fence_ptr');
    this.isSwapped = new PlainWord<boolean>(this, 'swapped', false);
  }

  /** Its state in this commit, or a negative error. @kernel drm_atomic_get_crtc_state */
  *crtcState(crtc: Crtc): KernelTask<CrtcState | number> {
    const known = this.crtcs.get(crtc.index);
    if (known !== null) return known;
    const error = yield* this.context.lock(crtc.lock);
    if (error !== 0) return error;
    const old = crtc.state.get();
    const next = yield* old.duplicate();
    if (next === null) return -ENOMEM;
    this.crtcs.add(crtc.index, old, next);
    return next;
  }

  /** Where it is shown belongs to the commit, too. @kernel drm_atomic_get_plane_state */
  *planeState(plane: Plane): KernelTask<PlaneState | number> {
    const known = this.planes.get(plane.index);
    if (known !== null) return known;
    const error = yield* this.context.lock(plane.lock);
    if (error !== 0) return error;
    const old = plane.state.get();
    const next = yield* old.duplicate();
    if (next === null) return -ENOMEM;
    this.planes.add(plane.index, old, next);
    return yield* this.with(next);
  }

  /** @kernel drm_atomic_get_connector_state */
  *connectorState(connector: Connector): KernelTask<ConnectorState | number> {
    const known = this.connectors.get(connector.index);
    if (known !== null) return known;
    const error = yield* this.context.lock(this.config.connectionLock);
    if (error !== 0) return error;
    const old = connector.state.get();
    const next = yield* old.duplicate();
    if (next === null) return -ENOMEM;
    this.connectors.add(connector.index, old, next);
    return yield* this.with(next);
  }

  private *with<T extends DisplayState>(state: T): KernelTask<T | number> {
    const crtc = state.on;
    const error = crtc === null ? 0 : yield* this.crtcState(crtc);
    return typeof error === 'number' && error !== 0 ? error : state;
  }

  /** @kernel drm_atomic_add_affected_planes */
  *addPlanesOf(crtc: CrtcState): KernelTask<number> {
    const mask = crtc.planeMask.get();
    for (const plane of this.config.planes) {
      if ((mask & (1 << plane.index)) === 0) continue;
      const state = yield* this.planeState(plane);
      if (typeof state === 'number') return state;
    }
    return 0;
  }

  /** @kernel drm_atomic_add_affected_connectors */
  *addConnectorsOf(crtc: Crtc): KernelTask<number> {
    const error = yield* this.context.lock(this.config.connectionLock);
    if (error !== 0) return error;
    for (const connector of this.config.connectors) {
      if (connector.state.get().crtc.get() !== crtc) continue;
      const state = yield* this.connectorState(connector);
      if (typeof state === 'number') return state;
    }
    return 0;
  }

  /** Everything of every kind. */
  all(): readonly Change<DisplayState>[] {
    return [...this.connectors.all(), ...this.crtcs.all(), ...this.planes.all()];
  }

  /** Forgets everything; what is shown stays. @kernel drm_atomic_state_clear */
  *clear(): KernelTask<void> {
    const isSwapped = this.isSwapped.get();
    for (const { next, old } of this.all()) yield* (isSwapped ? old : next).destroy();
    for (const [index, commit] of this.commits.entries()) {
      if (commit !== null) yield* commit.put();
      this.commits.set(index, null);
    }
    const fake = this.fakeCommit.get();
    if (fake !== null) yield* fake.put();
    this.fakeCommit.set(null);
    for (const changes of [this.planes, this.crtcs, this.connectors]) {
      for (const { index } of changes.all()) changes.remove(index);
    }
    for (const table of [this.crtcPointers, this.connectorPointers]) {
      for (const [index] of table.entries()) table.set(index, null);
    }
  }

  /** @kernel drm_atomic_state_get */
  *get(): KernelTask<void> {
    yield* this.references.inc();
  }

  /** @kernel drm_atomic_state_put */
  *put(): KernelTask<void> {
    if (!(yield* this.references.decAndTest())) return;
    yield* this.clear();
    this.world.memory.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('references', this.references.value);
    visit('planes', this.planes.abstract());
    visit('crtcs', this.crtcs.abstract());
    visit('connectors', this.connectors.abstract());
    visit(
      'commits',
      this.commits.value.map(([, commit]) => commit),
    );
    visit('fake_commit', this.fakeCommit.value);
    visit(
      'pointers',
      [...this.crtcPointers.value, ...this.connectorPointers.value].map(([, word]) => word),
    );
    visit('swapped', this.isSwapped.value);
  }
}
