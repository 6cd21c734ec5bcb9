import { ENABLE_SIGNAL, SIGNALED } from '../../impl/dma-buf/fence-flags.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../impl/kernel/clock.ts';
import { errnoName } from '../../impl/kernel/errno.ts';
import { KernelObject } from '../../impl/kernel/object.ts';
import { MockIssuer } from '../programs/mock-issuer.ts';
import type { Result } from '../programs/operation.ts';
import { Probe } from '../programs/probe.ts';
import type { Sighting } from '../run/log.ts';
import type { Run } from '../run/run.ts';

/** One thing that a litmus program looks at when a run is over. */
export type Observable = (run: Run) => string;

/** What the calls of every task returned: `A 0; B -EINVAL`. Calls without a result are left out. */
export const results: Observable = (run) => {
  const parts = run.program.tasks.map(({ name }) => {
    const words = run.resultsOf(name).filter((result) => result !== null);
    const blocked = run.blocked.some(({ task }) => task === name) ? ['blocks'] : [];
    return [name, ...words.map(resultText), ...blocked].join(' ');
  });
  if (run.world.crashed) parts.push('crash');
  return parts.filter((part) => part.includes(' ')).join('; ');
};

function resultText(result: Result): string {
  if (typeof result !== 'number') return String(result).replace(/\b\d{15,}\b/, 'max');
  return result === MAX_SCHEDULE_TIMEOUT ? 'max' : errnoName(result);
}

/** How often a callback was called. */
export function calls(name: string): Observable {
  return (run) => `${name} ${run.environment.callback(name).calls}`;
}

/** Who called a probe, in which context. */
export function caller(name: string): Observable {
  return (run) => {
    const { sights } = run.environment.find(`${name}.probe`, Probe);
    return `${name} ${sights.map((sight) => sight.task).join(' ') || 'never'}`;
  };
}

/** Whether a fence ends up armed: ENABLE_SIGNAL stays set for ever. */
export function armed(name: string): Observable {
  return (run) => {
    const { bits } = run.environment.fence(name).flags;
    return `${name} ${(bits & ENABLE_SIGNAL) === 0 ? 'unarmed' : 'armed'}`;
  };
}

/** The status of a fence when all is over. */
export function status(name: string): Observable {
  return (run) => {
    const { flags, error } = run.environment.fence(name);
    if ((flags.bits & SIGNALED) === 0) return `${name} pending`;
    return `${name} ${error.value === 0 ? 1 : errnoName(error.value)}`;
  };
}

/** The time that a signaled fence carries. */
export function stamp(name: string): Observable {
  return (run) => `${name} at ${run.environment.fence(name).timestampNs.value}`;
}

function issuerOf(run: Run, name: string): MockIssuer {
  const { ops } = run.environment.fence(name);
  if (ops instanceof MockIssuer) return ops;
  throw new Error(`${name} has no mock issuer`);
}

/** How often the core called `enable_signaling`. */
export function arming(name: string): Observable {
  return (run) => `op ${issuerOf(run, name).enableCalls}`;
}

/** Who released a fence, and how often. */
export function releaser(name: string): Observable {
  return (run) => {
    const { sights } = issuerOf(run, name);
    const releases = sights.filter(({ op }) => op === 'release');
    return `${name} released by ${releases.map(({ task }) => task).join(' ') || 'nobody'}`;
  };
}

/** In which state of the fence the deadline op was called. */
export function hints(name: string): Observable {
  return (run) => {
    const { sights } = issuerOf(run, name);
    const calledFor = sights.filter(({ op }) => op === 'setDeadline');
    const states = calledFor.map(({ isSignaled }) => (isSignaled ? 'signaled' : 'pending'));
    return `hint ${states.join(' ') || 'none'}`;
  };
}

/** How many warnings the kernel logged before the program's end. */
export const warnings: Observable = (run) =>
  `warns ${run.violations.filter(({ kind }) => kind === 'warn').length}`;

/** What the function of a probe returned when it was called. */
export function noted(name: string): Observable {
  return (run) => {
    const probe = run.environment.find(`${name}.probe`, Probe);
    return `${name} ${probe.results.join(' ') || 'idle'}`;
  };
}

/** What the tasks did; what set-up and end of the program did is left out. */
function ofTasks(run: Run): readonly Sighting[] {
  return run.sightings.filter(({ task }) => task !== 'boot');
}

/** The events that have a word, in their order; `otherwise` when none of them happened. */
export function happened(
  words: Readonly<Partial<Record<string, string>>>,
  otherwise: string,
): Observable {
  return (run) => {
    const told = ofTasks(run).map(({ name }) => words[name] ?? '');
    return told.filter((word) => word !== '').join(' ') || otherwise;
  };
}

/** What one task saw when it polled a fence: `0 1` for pending, then signaled. */
export function polledBy(task: string, name: string): Observable {
  return (run) => {
    const fence = run.environment.fence(name);
    const polls = run.sightings.filter(
      (sighting) => sighting.task === task && sighting.object === fence && sighting.name === 'poll',
    );
    return `${name} polled ${polls.map(({ result }) => result).join(' ') || 'never'}`;
  };
}

/** How a point of a timeline came to be: new and pending, new and signaled, shared. */
export function born(name: string): Observable {
  return (run) => {
    const point = run.environment.value(name);
    const made = run.sightings.filter(
      (sighting) => sighting.subject === point && sighting.name.startsWith('create.'),
    );
    const how = made.at(-1)?.name.replace('create.', 'born ') ?? 'not born';
    return `${name} ${how}`;
  };
}

/** The timelines and points in a listing that a task has asked for. */
export function shownTo(task: string): Observable {
  return (run) => {
    const [, objects = ''] = String(run.resultsOf(task)[0]).split(/-{3,}|fences:/);
    const lines = objects.split('\n').map((line) => line.trim());
    return `${task} is shown ${lines.filter((line) => line !== '').join(', ') || 'nothing'}`;
  };
}

/** What the questions after the program's end found. */
export const atTheEnd: Observable = (run) => `finally ${run.resultsOf('teardown').join(' ')}`;

/** Attempts to take a reference from a slot, and how many of them met a dying fence. */
export const lookups: Observable = (run) => {
  const tries = ofTasks(run).filter(({ name }) => name.startsWith('getRcu'));
  const missed = tries.filter(({ name }) => name === 'getRcu.missed');
  return `tries ${tries.length} missed ${missed.length}`;
};

/** Whether two names stand for one object, and which task made it. */
export function same(first: string, second: string): Observable {
  return ({ environment, world }) => {
    const fence = environment.fence(first);
    if (fence !== environment.fence(second)) return 'two objects';
    return `one object of ${world.tasks[fence.idTask]?.name ?? 'nobody'}`;
  };
}

/** Who brought the counter of an array to zero: the enabling walk, or a child's callback. */
export const completion: Observable = (run) => {
  const zeros = run.sightings.filter(
    ({ name, result }) => name.startsWith('countDown') && result === 1,
  );
  const words = zeros.map(({ name }) => (name === 'countDown.inline' ? 'inline' : 'deferred'));
  return words.join(' ') || 'incomplete';
};

/** Which task freed an object. */
export function freer(name: string): Observable {
  return (run) => {
    const by = run.environment.find(name, KernelObject).freedBy;
    return `${name} freed by ${by?.split(' ')[0] ?? 'nobody'}`;
  };
}
