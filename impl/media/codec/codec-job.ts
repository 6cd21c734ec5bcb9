import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import type { Vb2Buffer } from '../vb2-buffer.ts';

/** A part of a stream that is made into a picture. */
export class CodecJob extends KernelObject {
  readonly source: Vb2Buffer;
  readonly picture: Vb2Buffer;

  constructor(source: Vb2Buffer, picture: Vb2Buffer) {
    super(source.world, 'codecJob');
    this.source = source;
    this.picture = picture;
  }

  visitState(visit: StateVisitor): void {
    visit('source', this.source);
    visit('picture', this.picture);
  }
}
