import type { Fault } from '../faults/fault.ts';
import { type Guard, guardInTurn } from '../explore/guard.ts';
import { judgesOf } from '../judges/standard.ts';
import { LITMUS } from '../litmus/index.ts';
import { judgeLitmus } from '../litmus/judge-litmus.ts';
import type { Litmus, Tested } from '../litmus/litmus.ts';
import { MEMORY_LITMUS } from '../litmus/memory/index.ts';
import { inModel, withMemory } from '../litmus/memory/memory-litmus.ts';
import { EVERY_STATE, isReproduced, runLitmus } from '../litmus/run-litmus.ts';
import { describeSchedules, explore, type Schedules } from '../run/explore.ts';
import type { Finding } from '../run/finding.ts';
import { type Failure, typesWith } from './found.ts';
import type { Met } from './report.ts';
import { whyStuck } from './stuck.ts';

/** In which world a litmus program is tried: those of the windows also where stores are late. */
export type LitmusWorld = 'window' | 'lateStores' | 'sc' | 'tso';

/** A litmus program by its id: what is expected of it is a function, and does not cross threads. */
export interface LitmusJob {
  readonly id: string;
  readonly world: LitmusWorld;
}

/** What came of it, as data. */
export interface LitmusTried {
  readonly runs: number;
  readonly steps: number;
  /** Of the runs, those that came before a search. */
  readonly sampled: number;
  /** It ended in exactly the ways that are listed. */
  readonly isReproduced: boolean;
  /** The ways in which it was seen to end. */
  readonly outcomes: readonly string[];
  readonly findings: readonly Met[];
}

function testedIn({ id, world }: LitmusJob): Tested {
  if (world === 'sc' || world === 'tso') {
    const memory = MEMORY_LITMUS.find((one) => one.id === id);
    if (memory !== undefined) return inModel(memory, world);
  } else {
    const found = LITMUS.find((one) => one.id === id);
    if (found !== undefined) return world === 'window' ? found : withLateStores(found);
  }
  throw new Error(`there is no litmus program ${id}`);
}

function withLateStores(litmus: Litmus): Tested {
  return { ...litmus, program: withMemory(litmus.program, 'tso') };
}

/**
 * Searches every state of a litmus program; with a fault, until the first surprise. Tests hold the
 * states of each program about memory against its schedules: up to 74,844, for the same outcomes.
 */
export function tryLitmus(job: LitmusJob, fault: Fault | null): LitmusTried {
  const tested = testedIn(job);
  // What ends in another way does so where stores are late, too, and that is searched to its end.
  const stopsWhenSeen = job.world === 'window' && fault === null;
  try {
    return searchLitmus(tested, fault, stopsWhenSeen, guardOf(job));
  } catch (error) {
    const rules = [...new Set(tested.outcomes.flatMap((outcome) => outcome.rules))];
    const message = whyStuck(error);
    const finding = { rules, judge: 'litmus', message, step: null, expected: null };
    const findings = [{ finding, source: tested.id, failure: null }];
    return { runs: 0, steps: 0, sampled: 0, isReproduced: false, outcomes: [], findings };
  }
}

/** Where most searches are short, a first run that is made twice would be much of each. */
function guardOf({ id, world }: LitmusJob): Guard {
  const all = world === 'sc' || world === 'tso' ? MEMORY_LITMUS : LITMUS;
  return guardInTurn(all.findIndex((one) => one.id === id));
}

function searchLitmus(
  tested: Tested,
  fault: Fault | null,
  stopsWhenSeen: boolean,
  guard: Guard,
): LitmusTried {
  const schedules = EVERY_STATE;
  const stopsAtSurprise = fault !== null;
  const types = typesWith(fault);
  const options = { types, schedules, stopsAtSurprise, stopsWhenSeen, guard };
  const result = runLitmus(tested, options);
  const counts = {
    runs: result.runs + result.sampled.runs,
    steps: result.steps + result.sampled.steps,
    sampled: result.sampled.runs,
  };
  const outcomes = [...result.seen.keys()].toSorted();
  if (isReproduced(result)) return { ...counts, isReproduced: true, outcomes, findings: [] };
  const failure = firstSurprise(tested, schedules, fault);
  const finding = failure?.finding ?? missingOutcome(tested, result);
  const findings = [{ finding, source: tested.id, failure }];
  return { ...counts, isReproduced: false, outcomes, findings };
}

/** The first run that is not as it should be, with its choices. */
function firstSurprise(tested: Tested, schedules: Schedules, fault: Fault | null): Failure | null {
  let failure: Failure | null = null;
  const bounds = `${describeSchedules(schedules)}, of ${tested.id}`;
  explore(tested.program, schedules, {
    types: typesWith(fault),
    ...judgesOf(schedules),
    view: tested.observe,
    visit: (run) => {
      const [finding] = judgeLitmus(tested, run);
      if (finding !== undefined) {
        failure = { program: tested.program, choices: run.choices, finding, bounds };
      }
      return finding === undefined;
    },
  });
  return failure;
}

function missingOutcome(
  litmus: Tested,
  { missing, complete }: { missing: readonly string[]; complete: boolean },
): Finding {
  const lost = litmus.outcomes.filter(({ text }) => missing.includes(text));
  const message = complete
    ? `outcomes that the rules allow are never seen: ${missing.join(' | ')}`
    : 'there is more than was explored';
  const rules = [...new Set(lost.flatMap((outcome) => outcome.rules))];
  return { rules, judge: 'litmus', message, step: null, expected: null };
}
