import type { Written } from '../../programs/parse.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import type { Schedules } from '../../run/explore.ts';
import type { Run } from '../../run/run.ts';

export const EINTR = -4;
export const ENOMEM = -12;
export const EDEADLK = -35;
export const EALREADY = -114;

/** Four objects; `t` shares the reservation of `a`. */
const OBJECTS = `a = exec.object(); b = exec.object(); c = exec.object(); d = exec.object()
  t = exec.object(a)`;

/** A program about these objects. Time goes on only when nobody can: sleeps put things in order. */
export function withObjects(name: string, written: Written): Program {
  return program(name, { ...written, setup: [OBJECTS, written.setup ?? ''].join('\n') });
}

/** The task E is older, and holds an object from the beginning until 20. */
export function elder(object: string): string {
  return `x = exec.init(); exec.pass(x); exec.lock(x, ${object}); task.sleep(20); exec.fini(x)`;
}

/** A younger one begins at 5, with b in hand, and finds a taken. */
export function younger(flags = '[]'): string {
  return `task.sleep(5); y = exec.init(${flags}); p = exec.pass(y); l = exec.lock(y, b)
    e = exec.lock(y, a)`;
}

/** What comes in time needs few schedules. */
export const ORDERED: readonly Schedules[] = [
  { kind: 'bounded', preemptions: 0, runsMax: 200 },
  { kind: 'random', runs: 10, seed: 1 },
];

/** Every choice about memory. */
export const STARVED: readonly Schedules[] = [{ kind: 'all', runsMax: 200 }];

/** The stamps with which transactions begin passes, task by task: `E 1; B 2 2`. */
export function stamps(run: Run): string {
  const tasks = run.program.tasks.map(({ name }) => {
    const passes = run.sightings.filter(
      ({ name: event, task, object }) =>
        object.kind === 'exec' && task === name && (event === 'open' || event === 'again'),
    );
    return passes.length === 0 ? [] : [name, ...passes.map(({ detail }) => String(detail))];
  });
  return tasks
    .filter((words) => words.length > 0)
    .map((words) => words.join(' '))
    .join('; ');
}

/** How often a task had to begin again. */
export function passesAgain(run: Run, task?: string): number {
  return run.sightings.filter(
    ({ name, object, task: by }) =>
      object.kind === 'exec' && name === 'again' && (task === undefined || by === task),
  ).length;
}

/** Reports of lock debugging. */
export function reports(run: Run): number {
  return run.violations.filter(({ kind }) => kind === 'lockdep' || kind === 'lock-misuse').length;
}

/** The reservations that a task locks and gives back, in order, as `+b -b +a`. */
export function lockTrail(run: Run, task: string): string {
  const names = new Map(
    ['ra', 'rb', 'rc', 'rd'].map((name) => [run.environment.value(name), name.slice(1)]),
  );
  return run.sightings
    .filter(({ name, task: by, object }) => by === task && names.has(object) && isLocking(name))
    .map(({ name, object }) => `${name === 'lock' ? '+' : '-'}${names.get(object) ?? ''}`)
    .join(' ');
}

function isLocking(name: string): boolean {
  return name === 'lock' || name === 'unlock';
}

/** Names for the reservations, for `lockTrail`. */
export const RESERVATIONS = `ra = exec.resv(a); rb = exec.resv(b); rc = exec.resv(c)
  rd = exec.resv(d)`;
