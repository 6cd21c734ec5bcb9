import type { AbstractState } from '../../../model/events.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { Completion } from '../../kernel/completion.ts';
import { Count } from '../../kernel/count.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainWord } from '../../kernel/plain.ts';
import type { Crtc } from './crtc.ts';

/**
 * How far a commit has come on one CRTC: later ones wait for that. What is shown now refers to the
 * commit that made it so.
 *
 * @kernel struct drm_crtc_commit
 */
export class CrtcCommit extends KernelObject {
  /** Null for what no CRTC is part of. */
  readonly crtc: Crtc | null;
  readonly references: Count;
  /** The new state is shown, and the one before is free. */
  readonly flipDone: Completion;
  /** The hardware has been told everything. */
  readonly hwDone: Completion;
  /** What the old state held was given back. */
  readonly cleanupDone: Completion;
  /** Its states are those of their objects: it cannot fail any more. For judges. */
  private readonly isSwapped: PlainWord<boolean>;
  /** States that are shown now and refer to it; for judges of what is left. */
  private currents = 0;

  constructor(world: KernelObject['world'], crtc: Crtc | null) {
    super(world, 'commit');
    this.crtc = crtc;
    this.references = new Count(this, 'references');
    this.flipDone = new Completion(this, 'flip_done');
    this.hwDone = new Completion(this, 'hw_done');
    this.cleanupDone = new Completion(this, 'cleanup_done');
    this.isSwapped = new PlainWord<boolean>(this, 'swapped', false);
    this.world.emit(this, 'make');
  }

  /** @kernel drm_crtc_commit_get */
  *get(): KernelTask<this> {
    yield* this.references.inc();
    return this;
  }

  /** @kernel drm_crtc_commit_put */
  *put(): KernelTask<void> {
    if (!(yield* this.references.decAndTest())) return;
    this.world.emit(this, 'free');
    this.world.memory.free(this);
  }

  /** A state that refers to it is shown, or no longer. Something is always shown, so it is no leak. */
  shown(change: 1 | -1): void {
    this.currents += change;
    this.isStatic = this.currents > 0;
  }

  /** Nothing is lit, and nothing will be: there is no flip to wait for. */
  *nothingToFlip(): KernelTask<void> {
    yield* this.flipDone.completeAll(() => this.commit('flip.nothing'));
  }

  swapped(): void {
    this.isSwapped.set(true);
    this.commit('swap');
  }

  /** Programming is over. @kernel drm_atomic_helper_commit_hw_done */
  *programmed(): KernelTask<void> {
    yield* this.hwDone.completeAll(() => this.commit('programmed'));
  }

  /** @kernel drm_send_event_helper */
  *flipped(): KernelTask<void> {
    yield* this.flipDone.completeAll(() => this.commit('flip'));
  }

  /** @kernel drm_atomic_helper_commit_cleanup_done */
  *cleaned(): KernelTask<void> {
    yield* this.cleanupDone.completeAll(() => this.commit('clean'));
  }

  visitState(visit: StateVisitor): void {
    visit('swapped', this.isSwapped.value);
    visit('references', this.references.value);
    visit('flip_done', this.flipDone.state);
    visit('hw_done', this.hwDone.state);
    visit('cleanup_done', this.cleanupDone.state);
  }

  override abstract(): AbstractState {
    if (this.references.isZero) return { state: 'freed', context: {} };
    const { flipDone, hwDone, cleanupDone } = this;
    let stage = this.isSwapped.value ? 'swapped' : 'prepared';
    if (hwDone.isComplete) stage = 'programmed';
    if (cleanupDone.isComplete) stage = 'clean';
    return { state: `${stage}.${flipDone.isComplete ? 'flipped' : 'pending'}`, context: {} };
  }
}
