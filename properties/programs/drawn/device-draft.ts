import type { Pick } from './pick.ts';

/** What programs about devices have names for, by kind. */
export interface Names {
  /** Descriptors of device files, of buffers, and of other things. */
  readonly files: readonly string[];
  readonly buffers: readonly string[];
  readonly others: readonly string[];
  readonly sets: readonly string[];
  /** Numbers of objects, of fences, and names of objects. */
  readonly handles: readonly string[];
  readonly fences: readonly string[];
  readonly names: readonly string[];
}

export type Kind = keyof Names;

const KINDS: readonly Kind[] = ['files', 'buffers', 'others', 'sets', 'handles', 'fences', 'names'];
/** Stand for nothing, or for something else than what is asked for. */
const WRONG: readonly string[] = ['-1', '0', '99', '3'];

/** One task of a program while it is drawn, with the names that it knows. */
export class DeviceTask {
  readonly name: string;
  readonly process: string;
  readonly calls: string[] = [];
  readonly mappings: string[] = [];
  private readonly own: Record<Kind, string[]>;
  /** The device file in which a number means something. */
  private readonly fileOf: Map<string, string> = new Map([
    ['g0', 'd0'],
    ['f0', 'd0'],
  ]);
  private made = 0;

  constructor(name: string, process: string, names: Names) {
    this.name = name;
    this.process = process;
    this.own = {
      files: [...names.files],
      buffers: [...names.buffers],
      others: [...names.others],
      sets: [...names.sets],
      handles: [...names.handles],
      fences: [...names.fences],
      names: [...names.names],
    };
  }

  /** Mostly something of the kind; now and then of another one, or nothing at all. */
  use(kind: Kind, pick: Pick): string {
    const chance = pick.below(16);
    if (chance === 15) return pick.of(WRONG) ?? '-1';
    const from = chance === 14 ? (pick.of(KINDS) ?? kind) : kind;
    return pick.of(this.own[from]) ?? '-1';
  }

  /** Something of the kind with the device file that it belongs to, mostly. */
  useWithFile(kind: Kind, pick: Pick): { readonly file: string; readonly thing: string } {
    const thing = this.use(kind, pick);
    const file = pick.below(8) === 7 ? undefined : this.fileOf.get(thing);
    return { file: file ?? this.use('files', pick), thing };
  }

  /** The call gives something a name; numbers belong to a device file. */
  make(kind: Kind, call: string, file: string | null = null): string {
    const name = this.fresh();
    this.own[kind].push(name);
    if (file !== null) this.fileOf.set(name, file);
    this.calls.push(`${name} = ${call}`);
    return name;
  }

  map(call: string): void {
    const name = this.fresh();
    this.mappings.push(name);
    this.calls.push(`${name} = ${call}`);
  }

  private fresh(): string {
    this.made += 1;
    return `${this.name.toLowerCase()}${this.made}`;
  }
}

/** A kind of call: appends lines to the task, or does nothing when it does not fit. */
export interface DeviceAction {
  readonly name: string;
  draw(task: DeviceTask, pick: Pick): void;
}
