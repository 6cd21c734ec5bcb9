import { claim, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { at, isIn } from './parts.ts';
import type { SyncFileParts } from './sync-file-parts.ts';

export function always(parts: SyncFileParts): readonly Claim[] {
  const { f, tasks, triggers, files, fences, callbacks, locks } = parts;
  return f.flatMap((file) => [
    claim(
      'SYNCFILE-012 the callback of a file runs at most once',
      [at(callbacks, file)],
      ({ context }) => context.calls <= 1,
    ),
    claim(
      'SYNCFILE-003 the fence of a file is alive until the file is freed',
      [at(files, file), at(fences, file)],
      (seen, fence) => {
        const isThere = isIn(seen.value, 'life', 'open') || isIn(seen.value, 'life', 'released');
        return !isThere || isIn(fence.value, 'life', 'alive');
      },
    ),
    claim(
      'SYNCFILE-015 nothing of a freed file is linked or runs',
      [at(files, file), at(callbacks, file)],
      (seen, { value }) =>
        !isIn(seen.value, 'life', 'freed') ||
        (!isIn(value, 'linkage', 'linked') && isIn(value, 'execution', 'idle')),
    ),
    ...parts.pollers(file).map((task) =>
      claim(
        'SYNCFILE-014 nobody sleeps on behind the callback of a file',
        [at(tasks, task), at(triggers, task), at(files, file), at(locks, file)],
        (poller, trigger, seen, lock) => {
          const isOver = isIn(seen.value, 'callback', 'woken') && lock.value === 'free';
          return !isAsleep(poller.value) || !isOver || trigger.value === 'pulled';
        },
      ),
    ),
  ]);
}

const isAsleep = (value: unknown): boolean => isIn(value, 'polling', 'asleep');

/** Of the first two pollers of the first file. */
export function sometimes(parts: SyncFileParts): readonly Claim[] {
  const file = at(parts.files, 0);
  const [first = 0, second = 0] = parts.pollers(0);
  const tasks = [at(parts.tasks, first), at(parts.tasks, second)] as const;
  return [
    claim('SYNCFILE-013 one sleeps while another is refused', tasks, (one, other) => {
      return isAsleep(one.value) && isIn(other.value, 'polling', 'waking');
    }),
    claim(
      'SYNCFILE-014 the callback wakes up a sleeper',
      [tasks[0], at(parts.triggers, first), file],
      (one, { value }, seen) =>
        isAsleep(one.value) && value === 'pulled' && isIn(seen.value, 'callback', 'woken'),
    ),
    claim('SYNCFILE-015 a close takes the callback back', [file], ({ value }) =>
      isIn(value, 'callback', 'removed'),
    ),
    claim(
      'SYNCFILE-015 a close comes behind the callback',
      [file],
      ({ value }) => isIn(value, 'callback', 'woken') && isIn(value, 'life', 'freed'),
    ),
    claim('SYNCFILE-003 the file has the last reference on its fence', [tasks[0]], ({ value }) =>
      isIn(value, 'closing', 'dying'),
    ),
  ];
}

export function eventually({ f, tasks, files, signallers }: SyncFileParts): readonly Liveness[] {
  const drivers = signallers.map(({ name }) => name);
  const everybody = tasks.map(({ name }) => name);
  return [
    ...tasks.map((task): Liveness => ({
      name: `SYNCFILE-014 ${task.name} is woken up`,
      whenever: claim('it sleeps', [task], ({ value }) => isAsleep(value)),
      eventually: claim('it is awake', [task], ({ value }) => !isAsleep(value)),
      // Not by its own time-out.
      fair: weak(...drivers, ...everybody.filter((name) => name !== task.name), 'awake'),
    })),
    ...f.map((file): Liveness => ({
      name: `SYNCFILE-015 file ${file} is freed`,
      whenever: claim('its last descriptor is closed', [at(files, file)], ({ value }) =>
        isIn(value, 'life', 'released'),
      ),
      eventually: claim('it is freed', [at(files, file)], ({ value }) =>
        isIn(value, 'life', 'freed'),
      ),
      fair: weak(...drivers, ...everybody),
    })),
  ];
}
