import type { Pick } from './pick.ts';

/** What programs about synchronisation objects have names for, by kind. */
export interface SyncobjNames {
  readonly files: readonly string[];
  readonly handles: readonly string[];
  /** Descriptors of whole objects, of their fences, and of event counters. */
  readonly shared: readonly string[];
  readonly syncFiles: readonly string[];
  readonly counters: readonly string[];
}

type SyncobjKind = keyof SyncobjNames;

/** Stand for nothing, or for something else than what is asked for. */
const WRONG: readonly string[] = ['99', '3', '1'];

/** One task of a program while it is drawn, with the names that it knows. */
export class SyncobjTask {
  readonly name: string;
  readonly calls: string[] = [];
  private readonly own: Record<SyncobjKind, string[]>;
  private made = 0;

  constructor(name: string, names: SyncobjNames) {
    this.name = name;
    this.own = {
      files: [...names.files],
      handles: [...names.handles],
      shared: [...names.shared],
      syncFiles: [...names.syncFiles],
      counters: [...names.counters],
    };
  }

  /** Mostly something of the kind; now and then something wrong. */
  use(kind: SyncobjKind, pick: Pick): string {
    const isWrong = pick.below(16) === 15;
    return pick.of(isWrong ? WRONG : this.own[kind]) ?? '99';
  }

  /** The file in which most numbers mean something, mostly. */
  file(pick: Pick): string {
    return pick.below(8) === 7 ? this.use('files', pick) : (this.own.files[0] ?? '99');
  }

  /** The call gives something a name. */
  make(kind: SyncobjKind, call: string): void {
    this.made += 1;
    const name = `${this.name.toLowerCase()}${this.made}`;
    this.own[kind].push(name);
    this.calls.push(`${name} = ${call}`);
  }
}
