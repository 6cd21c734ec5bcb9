import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { World } from '../kernel/world.ts';

/** The name of a buffer, in memory of its own. */
export class BufferName extends KernelObject {
  private readonly text: string;

  constructor(world: World, text: string) {
    super(world, 'bufferName');
    this.text = text;
  }

  /** Whoever reads it must keep it from being freed. */
  read(): string {
    this.world.memory.reads(this, 'text');
    return this.text;
  }

  visitState(visit: StateVisitor): void {
    visit('text', this.text);
  }
}
