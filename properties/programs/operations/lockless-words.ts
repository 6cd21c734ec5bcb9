import { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import type { ResvList } from '../../../impl/dma-buf/resv-list.ts';
import { SyncFile } from '../../../impl/dma-buf/sync-file.ts';
import { HAS_DEADLINE } from '../../../impl/dma-buf/sync-point.ts';
import { Access, type KernelTask } from '../../../impl/kernel/access.ts';
import { KernelObject, noteOf, type StateValue } from '../../../impl/kernel/object.ts';
import { File } from '../../../impl/uapi/file.ts';
import type { Environment } from '../environment.ts';
import { looksAt } from '../looks-at.ts';
import { type Arguments, defineOperations, ProgramError, type Result } from '../operation.ts';
import { timelineBehind } from '../user-space.ts';

type Word = number | string;

/**
 * A debugger's look at one word: a step that locks nothing, and is harmless on memory that is
 * gone, where every word reads 0.
 */
function* look(object: KernelObject, field: string, word: () => Word): KernelTask<Word> {
  yield new Access('read', 'once', object, field, 'look at');
  looksAt(object);
  const seen = object.freedBy === null ? word() : 0;
  object.world.current.observe(noteOf(seen));
  return seen;
}

/** What an object shows under a name. */
function shown(object: KernelObject, field: string): StateValue {
  let found: StateValue = null;
  object.visitState((name, value) => {
    if (name === field) found = value;
  });
  return found;
}

function* timelineWord(environment: Environment, name: string, word: string): KernelTask<Word> {
  const { swSync } = environment.stack;
  const timeline = timelineBehind(environment, name);
  const file = environment.find(`${name}.open`, File);
  switch (word) {
    case 'references':
      return yield* look(timeline, word, () => timeline.references.value);
    case 'value':
      return yield* look(timeline, word, () => timeline.value.value);
    case 'listed': // points that wait
      return yield* look(timeline, word, () => timeline.list.value.length);
    case 'open': // no request can come any more
      return yield* look(timeline, word, () => (timeline.isOpen.value ? 1 : 0));
    case 'locked':
      return yield* look(timeline, word, () => (timeline.lock.isLocked ? 1 : 0));
    case 'known': // the machine lists it
      return yield* look(swSync, word, () => (swSync.timelines.value.includes(timeline) ? 1 : 0));
    case 'file': // references on the file
      return yield* look(file, word, () => file.references.value);
    default:
      throw new ProgramError(`a timeline has no ${word}`);
  }
}

/** The list of a reservation object, which is looked at too. */
function listOf(resv: DmaResv): ResvList | null {
  const list = resv.fences.value;
  looksAt(list);
  return list;
}

/** The fence in a slot, `-` for none. */
function slotWord(resv: DmaResv, field: string): Word {
  const list = listOf(resv);
  const word: unknown = list === null ? null : shown(list, field);
  const [fence]: readonly unknown[] = Array.isArray(word) ? word : [];
  return fence instanceof KernelObject ? fence.label : '-';
}

function* resvWord(resv: DmaResv, word: string): KernelTask<Word> {
  switch (word) {
    case 'count':
      return yield* look(resv, word, () => listOf(resv)?.count.value ?? 0);
    case 'room': // slots that the list promises
      return yield* look(resv, word, () => listOf(resv)?.max.value ?? 0);
    default:
      if (!word.startsWith('slot')) throw new ProgramError(`a reservation has no ${word}`);
      return yield* look(resv, word, () => slotWord(resv, word));
  }
}

/** `1 0`: the words in the order in which they were looked at. */
function* inOrder(args: Arguments, one: (word: string) => KernelTask<Word>): KernelTask<Result> {
  const seen: Word[] = [];
  for (const word of args.names('fields')) seen.push(yield* one(word ?? ''));
  return seen.join(' ');
}

/** Observers of timelines and reservation objects: each word that they name is one step. */
defineOperations([
  {
    name: 'lockless.timeline',
    parameters: ['timeline', 'fields'],
    run: (environment, args) =>
      inOrder(args, (word) => timelineWord(environment, args.text('timeline'), word)),
  },
  {
    // 1 while somebody changes or prints the machine's list of timelines.
    name: 'lockless.timelineList',
    parameters: [],
    run: (environment) => {
      const { swSync } = environment.stack;
      return look(swSync, 'listLock', () => (swSync.listLock.isLocked ? 1 : 0));
    },
  },
  {
    // 1 once a deadline was set on the point.
    name: 'lockless.hinted',
    parameters: ['fence'],
    run: (environment, args) => {
      const fence = environment.fence(args.text('fence'));
      return look(fence, 'flags', () => ((fence.flags.bits & HAS_DEADLINE) === 0 ? 0 : 1));
    },
  },
  {
    // References on the open file behind the descriptor of a sync_file.
    name: 'lockless.file',
    parameters: ['fd'],
    run: (environment, args) => {
      const { file } = environment.find(`${args.text('fd')}.file`, SyncFile);
      return look(file, 'references', () => file.references.value);
    },
  },
  {
    name: 'lockless.resv',
    parameters: ['resv', 'fields'],
    run: (environment, args) =>
      inOrder(args, (word) => resvWord(environment.find(args.text('resv'), DmaResv), word)),
  },
]);
