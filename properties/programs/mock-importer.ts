import type { DmaBufAttachment } from '../../impl/dma-buf/dma-buf-attachment.ts';
import type { ImporterOps } from '../../impl/dma-buf/dma-buf-ops.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import type { Stack } from '../../impl/stack.ts';

/** What an importer's callback found. */
export interface MoveSight {
  readonly attachment: string;
  /** The task that called held the reservation lock. */
  readonly isLocked: boolean;
  /** The core keeps a mapping for it. */
  readonly isMapped: boolean;
}

/** A small importer for tests, which hears of moves. */
export class MockImporter extends KernelObject {
  /** Moves in the order in which they were told. */
  readonly moves: MoveSight[] = [];
  readonly ops: ImporterOps;

  /** A deaf one lacks the callback. */
  constructor(stack: Stack, options: { readonly peer2peer: boolean; readonly isDeaf: boolean }) {
    super(stack.world, 'importer');
    this.isStatic = true;
    this.ops = {
      allowPeer2peer: options.peer2peer,
      ...(options.isDeaf
        ? {}
        : { moveNotify: (attachment: DmaBufAttachment) => this.hear(attachment) }),
    };
  }

  private *hear(attachment: DmaBufAttachment): KernelTask<void> {
    this.world.touch(this, 'moves', 'write', 'once');
    const isLocked = attachment.buffer.resv.lock.holder === this.world.current;
    const isMapped = attachment.cached.value !== null;
    this.moves.push({ attachment: attachment.label, isLocked, isMapped });
  }

  visitState(visit: StateVisitor): void {
    visit(
      'moves',
      this.moves.map(
        ({ attachment, isLocked, isMapped }) => `${attachment} ${isLocked} ${isMapped}`,
      ),
    );
  }
}
