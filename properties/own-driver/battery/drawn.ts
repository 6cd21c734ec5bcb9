import fc from 'fast-check';
import { program } from '../../programs/parse.ts';
import type { DriverSubject } from './subject.ts';
import type { Limits, Trial } from './trial.ts';

const TASKS_MAX = 3;
const CALLS_MAX = 4;
/** Schedules of each drawn program. */
const RUNS_EACH = 8;

/** What one task does with its device, before it closes it. */
interface Life {
  readonly importer: string;
  readonly calls: readonly string[];
}

/** A program in which every task has a device of its own, and one puts the buffer early. */
interface Drawing {
  readonly exporter: string;
  readonly moveNotify: boolean;
  readonly lives: readonly Life[];
  /** After so many calls the first task puts the reference that the exporter was made with. */
  readonly putAfter: number;
}

function drawing({ kind, operation, calls }: DriverSubject): fc.Arbitrary<Drawing> {
  const isExporter = kind === 'exporter';
  const importers = isExporter ? ['importer.static', 'importer.dynamic'] : [operation];
  const exporters = isExporter ? [operation] : ['exporter.plain', 'exporter.moving'];
  const call = fc.constantFrom('importer.read(#)', 'importer.write(#)', ...calls);
  return fc.record({
    exporter: fc.constantFrom(...exporters),
    moveNotify: fc.boolean(),
    lives: fc.array(
      fc.record({
        importer: fc.constantFrom(...importers),
        calls: fc.array(call, { minLength: 1, maxLength: CALLS_MAX }),
      }),
      { minLength: 1, maxLength: TASKS_MAX },
    ),
    putAfter: fc.nat({ max: CALLS_MAX }),
  });
}

/** As a program: devices are opened first, so that each task holds the buffer itself. */
function written(
  { exporter, moveNotify, lives, putAfter }: Drawing,
  number: number,
): Trial['program'] {
  const names = lives.map((_, index) => `i${index}`);
  const opens = lives.map(({ importer }, index) => `i${index} = ${importer}(b)`);
  const tasks = lives.map(({ calls }, index) => {
    const own = names[index] ?? '';
    const mine = calls.map((call) =>
      call.replace('#', own).replaceAll('v =', `v${index} =`).replace('b, v)', `b, v${index})`),
    );
    if (index === 0) mine.splice(putAfter, 0, 'buf.put(b)');
    // Once it is closed, the task has nothing to do with the buffer any more.
    const isPutLast = index === 0 && putAfter >= calls.length;
    return [
      ...mine.slice(0, isPutLast ? -1 : undefined),
      `importer.close(${own})`,
      ...(isPutLast ? ['buf.put(b)'] : []),
    ];
  });
  return program(`drawn ${number}`, {
    world: { moveNotify },
    setup: [`b = ${exporter}(1)`, ...opens].join('\n'),
    tasks: Object.fromEntries(tasks.map((calls, index) => ['ABC'[index] ?? '', calls.join('\n')])),
  });
}

/** Programs drawn by fast-check: devices that work, moves and the last reference, in any order. */
export function drawnTrials(subject: DriverSubject, { seed, drawn }: Limits): readonly Trial[] {
  return fc.sample(drawing(subject), { seed, numRuns: drawn }).map((one, number): Trial => ({
    program: written(one, number + 1),
    schedules: [{ kind: 'random', runs: RUNS_EACH, seed }],
  }));
}
