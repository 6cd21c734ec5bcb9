import type { Pick } from './pick.ts';

/** A fence that a drawn program can use. */
export interface DraftFence {
  readonly name: string;
  /** Somebody must signal it; containers complete by themselves. */
  readonly isLeaf: boolean;
  /** The last node of a chain. */
  readonly isChain?: boolean;
  /** Its hardware has to finish, and only then does anybody notice. */
  readonly hasHardware: boolean;
  /** Only the task `issuer` signals it, so that it may set an error before. */
  readonly isExclusive: boolean;
}

/** A shared buffer that a drawn program can use. */
export interface DraftBuffer {
  readonly name: string;
  /** Its descriptor, which stays open. */
  readonly fd: string;
  readonly resv: string;
  /** Its exporter may move it. */
  readonly isDynamic: boolean;
}

/** What one task of a program being drawn has done so far. */
export class DraftTask {
  readonly name: string;
  readonly isAtomic: boolean;
  readonly calls: string[] = [];
  /** References that the task holds, by fence: the first is given to it in the set-up. */
  readonly references: Map<string, number> = new Map();
  /** Its callbacks that were added, with the fence they were added to. */
  readonly added: { callback: string; fence: string }[] = [];
  /** Timelines that it has opened, and other descriptors; some are closed by now. */
  readonly timelines: string[] = [];
  readonly descriptors: string[] = [];
  /** Fences that the task has seen signaled. */
  readonly signaled: Set<string> = new Set();
  private made = 0;

  constructor(name: string, isAtomic: boolean) {
    this.name = name;
    this.isAtomic = isAtomic;
  }

  /** A name that no other task uses. */
  fresh(kind: string): string {
    this.made += 1;
    return `${kind}${this.name.replace(/\W.*/, '')}${this.made}`;
  }

  /** The task needs a reference of its own on what it uses. */
  use(fence: string): string {
    if (!this.references.has(fence)) this.references.set(fence, 1);
    return fence;
  }
}

/** A program while it is drawn. */
export interface Draft {
  readonly fences: readonly DraftFence[];
  readonly resvs: readonly string[];
  readonly buffers: readonly DraftBuffer[];
  /** Synchronisation objects. */
  readonly syncobjs: readonly string[];
  /** Pointers to a fence that are read without a lock. */
  readonly slots: readonly string[];
  /** Timelines, points and epoll sets of the set-up. Points and sets are never closed. */
  readonly timelines: readonly string[];
  readonly points: readonly string[];
  readonly sets: readonly string[];
  readonly tasks: readonly DraftTask[];
  /** Lines that go before the tasks. */
  readonly setup: string[];
  /** Allocations may fail: what a call should have made may be missing. */
  readonly mayFail: boolean;
  /** Neither an allocation fails nor is a sleep interrupted. */
  readonly isCalm: boolean;
}

/** A kind of call: appends lines to the task, or does nothing when it does not fit now. */
export interface DrawnAction {
  readonly name: string;
  readonly sleeps: boolean;
  draw(draft: Draft, task: DraftTask, pick: Pick): void;
}
