import type { KernelTask } from '../../kernel/access.ts';
import { KernelObject } from '../../kernel/object.ts';
import { PlainWord } from '../../kernel/plain.ts';
import type { CrtcCommit } from './crtc-commit.ts';
import type { Crtc } from './crtc.ts';

/**
 * What a plane, a CRTC or a connector does, or shall do. It is its maker's own until it is swapped
 * in; then the lock of the object protects it, and commits that have the right to be next.
 */
export abstract class DisplayState extends KernelObject {
  /** The commit that made it so. @kernel state->commit */
  readonly crtcCommit: PlainWord<CrtcCommit | null>;

  constructor(world: KernelObject['world'], kind: string) {
    super(world, kind);
    this.crtcCommit = new PlainWord<CrtcCommit | null>(this, 'commit', null);
  }

  /** Something is always shown: what is shown is no leak. */
  shown(): void {
    this.isStatic = true;
    this.crtcCommit.get()?.shown(1);
  }

  hidden(): void {
    this.isStatic = false;
    this.crtcCommit.get()?.shown(-1);
  }

  /** Gives back what it refers to, and its memory. */
  *destroy(): KernelTask<void> {
    const commit = this.crtcCommit.get();
    if (commit !== null) yield* commit.put();
    this.world.memory.free(this);
  }

  /** The CRTC that it is about, if any. */
  abstract get on(): Crtc | null;
}
