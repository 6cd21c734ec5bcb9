import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

// What kernel code reads of shared memory, explorers must hear of. A cell shows its value to
// judges without a trace, and a field that is not registered shows everything to everybody, so both
// are looked for in the text of the implementation.

const root = fileURLToPath(new URL('../..', import.meta.url));
const rooms = [
  ...['impl/dma-buf', 'impl/drm', 'impl/drm/dynamic', 'impl/drm/exec', 'impl/drm/kms'],
  ...['impl/drm/sched', 'impl/drm/ttm', 'impl/exporters', 'impl/media', 'impl/uapi'],
];

/** Where a value may be read without a trace: for state keys, for judges, for complaints. */
const FOR_JUDGES = /^(visitState|abstract|assert[A-Z]\w*)$/;
const METHOD = /^ {2}(?:(?:override|protected|private|static|get) )*\*?(\w+)(?:<[^>]*>)?\(/;
const FUNCTION = /^(?:export )?function\*? (\w+)/;
/** A value that is itself a cell, as that of a timeline is, may be used through its methods. */
const UNTRACED = /\.(?:value|bits)\b(?!\.\w+\(| = )|\{[^}]*\b(?:value|bits)\b[^}]*\} = /;

/** Fields that are no registered words, and why that is right. */
const UNREGISTERED: Readonly<Record<string, string>> = {
  'Backing.word': 'read and written by accesses of devices',
  'ClockTicks.timer': 'only whoever holds the lock of the vertical blank comes to it',
  'CrtcCommit.currents': 'only judges ask',
  'FenceCallback.calls': 'only judges read it',
  'FenceWaiter.phase': 'on the stack of the one who waits',
  'FenceWaiter.isAsleep': 'on the stack of the one who waits',
  'ResvCursor.list': 'on the stack of the one who walks',
  'ResvCursor.count': 'on the stack of the one who walks',
  'ResvCursor.index': 'on the stack of the one who walks',
  'ResvCursor.fence': 'on the stack of the one who walks',
  'ResvCursor.fenceUsage': 'on the stack of the one who walks',
  'ResvCursor.isRestarted': 'on the stack of the one who walks',
  'ResvLockdep.known': 'written once; lock proving is asked about the rest',
  'ResvWalk.begun': 'a number that only judges see, each its own task',
  'ResvList.words': 'a pointer each; that a word is missing is a crash',
  'FileTable.slots': 'read and written by accesses of the table itself',
  'FileTable.closeOnExec': 'read and written by accesses of the table itself',
  'Pages.contents': 'read and written by accesses of the pages themselves',
  'ModesetContext.contended': 'on the stack of the one who commits',
  'ModesetContext.locked': 'on the stack of the one who commits',
  'PlatformBuffers.known': 'set when an object is made, and gone with it: who asks has a reference',
  'PollWaiters.events': 'only the poller reads it',
  'PollWaiters.isQueueing': 'only the poller reads it',
  'PollWaiters.entries': 'only the poller reads it',
  'Process.born': 'read and written by accesses of the process itself',
  'Syncobj.isTelling': 'only judges read it',
  'SyncobjWaitEntry.hasJoined': 'only the waiter reads it',
  'SyncobjWaitEntry.callback': 'only the waiter reads it',
  'UserArray.items': 'memory of the process, which only the call itself reads and writes',
  'TtmWalk.evicted': 'on the stack of the one who searches',
  'TtmWalk.found': 'on the stack of the one who searches',
  'TtmWalk.ticket': 'on the stack of the one who searches',
  'UnwrapCursor.element': 'on the stack of the one who walks',
  'UnwrapCursor.index': 'on the stack of the one who walks',
  'UnwrapCursor.leaves': 'on the stack of the one who walks',
  'VkmsDisplay.outputs': 'filled before programs run',
  'VgemFence.expiredBy': 'each task asks only whether it was itself',
  'Process.threads': 'filled before the first of them starts',
};

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' '));
}

/** `method: line` for each untraced read that kernel code makes. */
function untracedReads(text: string): string[] {
  const found: string[] = [];
  let inside = '';
  for (const line of withoutComments(text).split('\n')) {
    inside = (METHOD.exec(line) ?? FUNCTION.exec(line))?.[1] ?? inside;
    const code = line.replace(/\/\/.*/, '');
    if (UNTRACED.test(code) && !FOR_JUDGES.test(inside)) found.push(`${inside}: ${code.trim()}`);
  }
  return found;
}

/** `Class.field` for each field that can change without a trace. */
function unregisteredFields(text: string): string[] {
  const found: string[] = [];
  let inside = '';
  for (const line of withoutComments(text).split('\n')) {
    inside = /^(?:export )?(?:abstract )?class (\w+)/.exec(line)?.[1] ?? inside;
    if (line.startsWith('}')) inside = '';
    if (inside === '') continue;
    const field =
      /^ {2}(?:(?:protected|private|override) )*(readonly )?(\w+)\??(?::|;| =)(.*)/.exec(line);
    if (field === null) continue;
    const isContainer = /\[\]|\b(?:Map|Set)\b/.test(field[3] ?? '');
    const isImmutable =
      field[1] !== undefined && (!isContainer || /readonly \w/.test(field[3] ?? ''));
    if (!isImmutable) found.push(`${inside}.${field[2]}`);
  }
  return found;
}

const files = rooms.flatMap((room) =>
  readdirSync(join(root, room))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => `${room}/${name}`),
);

test.each(files)('%s reads no cell behind the back of explorers', (file) => {
  expect(untracedReads(readFileSync(join(root, file), 'utf8'))).toEqual([]);
});

test('every field that can change is registered, or is listed with a reason', () => {
  const found = files.flatMap((file) => unregisteredFields(readFileSync(join(root, file), 'utf8')));
  expect(found.toSorted()).toEqual(Object.keys(UNREGISTERED).toSorted());
});

test.each([
  [
    '*grow(): KernelTask<void> {\n    const old = this.fences.value;',
    ['grow: const old = this.fences.value;'],
  ],
  [
    'slot(index: number): Slot {\n    return this.words[index]?.value;',
    ['slot: return this.words[index]?.value;'],
  ],
  [
    'get isDone(): boolean {\n    return (this.flags.bits & 1) !== 0;',
    ['isDone: return (this.flags.bits & 1) !== 0;'],
  ],
  ['list(): number {\n    const { value } = this.count;', ['list: const { value } = this.count;']],
  ['*read(): KernelTask<number> {\n    return yield* this.value.read();', []],
  ['visitState(visit: StateVisitor): void {\n    visit("a", this.a.value);', []],
  ['override abstract(): AbstractState {\n    return this.flags.bits;', []],
])('an untraced read is found: %j', (method, reads) => {
  expect(untracedReads(`export class Seeded {\n  ${method}\n  }\n}\n`)).toEqual(reads);
});

test.each([
  ['isOpen = true;', ['Seeded.isOpen']],
  ['private global: DmaFence | null = null;', ['Seeded.global']],
  ['readonly list: SyncPoint[] = [];', ['Seeded.list']],
  ['private readonly own = new Map<number, number>();', ['Seeded.own']],
  ['readonly fences: readonly DmaFence[];', []],
  ['readonly max: PlainWord<number>;', []],
])('a field that is not registered is found: %s', (field, fields) => {
  expect(unregisteredFields(`export class Seeded {\n  ${field}\n}\n`)).toEqual(fields);
});
