import type { TouchKind } from '../../../impl/kernel/footprint.ts';

/** Kinds of touches, as numbers; a step that does several things to a field has the largest. */
export const READ = 0;
export const WRITE = 1;
/** A lock is given back: that orders, but nothing could have taken the lock before. */
export const RELEASE = 2;
export const LOCK = 3;

export type Kind = typeof READ | typeof WRITE | typeof RELEASE | typeof LOCK;

export const ALL_KINDS: readonly Kind[] = [READ, WRITE, RELEASE, LOCK];
export const KINDS: number = ALL_KINDS.length;

export function kindOf(touch: TouchKind): Kind {
  switch (touch) {
    case 'read':
    case 'look':
    case 'tell':
      return READ;
    case 'write':
      return WRITE;
    case 'unlock':
      return RELEASE;
    case 'lock':
      return LOCK;
    default:
      return touch satisfies never;
  }
}

/** Whether the order of two touches of one field, by different tasks, can matter. */
export type Dependency = (first: Kind, second: Kind) => boolean;

/** Two reads commute, and nothing else does. */
export const CONFLICT: Dependency = (first, second) => first !== READ || second !== READ;

/** What a dependency says of each pair of kinds, to be asked often. */
export class DependencyTable {
  private readonly depends: readonly boolean[];

  constructor(dependency: Dependency) {
    this.depends = ALL_KINDS.flatMap((first) => {
      return ALL_KINDS.map((second) => dependency(first, second));
    });
  }

  areDependent(first: number, second: number): boolean {
    return this.depends[first * KINDS + second] === true;
  }
}
