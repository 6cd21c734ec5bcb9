import { Guard, GUARD_EVERY } from '../explore/guard.ts';
import type { Fault } from '../faults/fault.ts';
import { findFault } from '../faults/registry.ts';
import { SCENARIOS } from '../scenarios/index.ts';
import { type PlayBroken, type Played, runPlay } from '../scenarios/run-play.ts';
import type { Play, Variant } from '../scenarios/scenario.ts';
import { typesWith } from './found.ts';
import type { ProgramReach } from './reach.ts';
import type { Met } from './report.ts';
import { whyStuck } from './stuck.ts';

/** A scenario by its id: what is expected of it is a function, and does not cross threads. */
export interface ScenarioJob {
  readonly id: string;
  readonly seed: number;
}

/** What came of a scenario and of its variants, as data. */
export interface ScenarioTried {
  readonly runs: number;
  readonly steps: number;
  readonly sampled: number;
  readonly findings: readonly Met[];
  readonly reach: readonly ProgramReach[];
  /** Variants that broke what they name; null when they were not tried. */
  readonly broken: number | null;
  readonly weak: readonly string[];
  readonly partial: readonly string[];
}

/** Plays a scenario at each size, and without a fault that was asked for, each of its variants. */
export function tryScenario(job: ScenarioJob, fault: Fault | null): ScenarioTried {
  const found = SCENARIOS.find(({ id }) => id === job.id);
  if (found === undefined) throw new Error(`there is no scenario ${job.id}`);
  // One for all plays, and another run of each scenario is made twice.
  const turn = SCENARIOS.indexOf(found) * GUARD_TURN;
  const trial = new Trial(job.seed, fault, new Guard(GUARD_EVERY, turn));
  for (const play of found.plays) trial.play(play);
  if (fault === null) for (const variant of found.variants) trial.vary(variant);
  return trial.result();
}

/** So many runs later than in the scenario before. */
const GUARD_TURN = 19;

class Trial {
  private readonly seed: number;
  private readonly fault: Fault | null;
  private readonly guard: Guard;
  private readonly counts = { runs: 0, steps: 0, sampled: 0 };
  private readonly findings: Met[] = [];
  private readonly reach: ProgramReach[] = [];
  private broken = 0;
  private readonly weak: string[] = [];
  private readonly partial: string[] = [];

  constructor(seed: number, fault: Fault | null, guard: Guard) {
    this.seed = seed;
    this.fault = fault;
    this.guard = guard;
  }

  play(play: Play): void {
    const { fault, seed, guard } = this;
    try {
      const played = runPlay(play, { types: typesWith(fault), seed, guard });
      this.count(played);
      for (const one of played.broken) this.findings.push(toMet(play, one));
      if (played.broken.length === 0) this.noteReach(play, played);
    } catch (error) {
      this.findings.push(stuck(play, error));
    }
  }

  vary({ id, play, fault, breaks }: Variant): void {
    const mistake = fault === null ? null : findFault(fault);
    if (fault !== null && mistake === null) throw new Error(`${id}: there is no fault ${fault}`);
    const missing = (broken: readonly PlayBroken[]): readonly string[] =>
      breaks.filter((rule) => !broken.some(({ finding }) => finding.rules.includes(rule)));
    const isEnough = (broken: readonly PlayBroken[]): boolean => missing(broken).length === 0;
    const { seed, guard } = this;
    const played = runPlay(play, { types: typesWith(mistake), seed, guard, isEnough });
    this.count(played);
    const unbroken = missing(played.broken);
    if (unbroken.length === 0) this.broken += 1;
    else this.weak.push(`${id}: no run breaks ${unbroken.join(', ')}`);
  }

  result(): ScenarioTried {
    const { counts, findings, reach, broken, weak, partial } = this;
    return {
      ...counts,
      findings,
      reach,
      broken: this.fault === null ? broken : null,
      weak,
      partial,
    };
  }

  private count({ runs, steps, sampled }: Played): void {
    this.counts.runs += runs;
    this.counts.steps += steps;
    this.counts.sampled += sampled;
  }

  /** What has been left out: of what is sampled it is said in the report, and is no lack. */
  private noteReach(
    { id, schedules, witness }: Play,
    { complete, bounds, witnesses }: Played,
  ): void {
    this.reach.push({ program: id, complete, bounds });
    const isSearched = schedules.some((kind) => !('seed' in kind));
    if (complete === null && isSearched) this.partial.push(`${id}: ${bounds}`);
    if (this.fault !== null) return;
    for (const [name, { atLeast }] of Object.entries(witness)) {
      const seen = witnesses[name] ?? 0;
      if (seen >= atLeast) continue;
      this.weak.push(`${id}: witness ${name} was reached ${seen} < ${atLeast} times`);
    }
  }
}

function toMet({ id, program }: Play, { finding, choices, bounds }: PlayBroken): Met {
  return { finding, source: id, failure: { program, choices, finding, bounds } };
}

function stuck({ id, expectations }: Play, error: unknown): Met {
  const rules = [...new Set(expectations.flatMap((one) => one.rules))];
  const message = whyStuck(error);
  const finding = { rules, judge: 'scenario', message, step: null, expected: null };
  return { finding, source: id, failure: null };
}
