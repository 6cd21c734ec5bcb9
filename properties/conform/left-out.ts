import type { RecordedArgs, RecordedOperation, RecordedProgram } from './recording.ts';

/** What a thread may have run. */
type Sub = NonNullable<RecordedOperation['sub']>;

/** Longer searches say little about a program. Unit: completed programs. */
const COMPLETIONS_MAX = 500;

/** What polls ask for: to read, to write, both. */
const EVENTS = [1, 4, 5];

/** The recording does not say what this thread ran. */
const isLeftOut = ({ op, sub }: RecordedOperation): boolean => op === 'async' && sub === undefined;

/**
 * Programs that are as the recording says, with an operation for every thread of which it does not
 * say what it ran. They are to be tried: one of them must agree. Nothing when the answer of such a
 * thread tells of no kind of operation.
 */
export function* completions(program: RecordedProgram): Generator<RecordedProgram> {
  const at = program.ops.findIndex(isLeftOut);
  if (at < 0) return;
  let count = 0;
  for (const completed of completedFrom(program, at)) {
    count += 1;
    if (count > COMPLETIONS_MAX) return;
    yield completed;
  }
}

/** Completes the thread at `at`, and then those behind it. */
function* completedFrom(program: RecordedProgram, at: number): Generator<RecordedProgram> {
  for (const sub of candidates(program, at)) {
    const ops = program.ops.map((one, index) => (index === at ? { ...one, sub } : one));
    const completed = { ...program, ops };
    const next = ops.findIndex(isLeftOut);
    if (next < 0) yield completed;
    else yield* completedFrom(completed, next);
  }
}

/** What the joined thread gave back tells its kind: of all operations only a poll has these two. */
function candidates(program: RecordedProgram, at: number): Sub[] {
  const { t } = program.ops[at]?.args ?? {};
  const behind = program.ops.slice(at + 1);
  const answers = behind
    .filter(({ op, args }) => op === 'join' && args['t'] === t)
    .map(({ observed }) => observed?.['result']);
  const told = answers.find((answer) => typeof answer === 'object' && answer !== null) ?? null;
  const names = Object.keys(told ?? {}).filter((name) => name !== 'ret' && name !== 'errno');
  return names.toSorted().join() === 'n,re' ? polls(program, at) : [];
}

/** Every poll of a descriptor that is there, for as long as the program waits for some thread. */
function polls({ ops }: RecordedProgram, at: number): Sub[] {
  const slots = numbersOf(ops.slice(0, at), 'out');
  const timeouts = numbersOf(
    ops.filter(({ op }) => op === 'join'),
    'timeout',
  );
  return slots.flatMap((fd) =>
    EVENTS.flatMap((ev) =>
      timeouts.map((timeout): Sub => ({ op: 'poll', args: { fd, ev, timeout } })),
    ),
  );
}

function numbersOf(ops: readonly RecordedOperation[], name: keyof RecordedArgs): number[] {
  const values = ops.map(({ args }) => args[name]).filter((value) => typeof value === 'number');
  return [...new Set(values)];
}

/** What the threads of a completed program run that the recording does not tell. */
export function suppliedFor(recorded: RecordedProgram, completed: RecordedProgram): string {
  const supplied = completed.ops.filter((_one, index) => {
    const before = recorded.ops[index];
    return before !== undefined && isLeftOut(before);
  });
  return supplied
    .map(({ sub }) => `${sub?.op} ${JSON.stringify(sub?.args).replaceAll('"', '')}`)
    .join(', ');
}
