import type { StackTypes } from '../../impl/stack.ts';
import type { Guard } from '../explore/guard.ts';
import { higher, type Level, levelOf } from '../check/reach.ts';
import { judgesOf } from '../judges/standard.ts';
import { describeSchedules, explore, type Schedules } from '../run/explore.ts';
import type { Finding } from '../run/finding.ts';
import type { Run } from '../run/run.ts';
import { judgePlay } from './judge-play.ts';
import { type Play, seeded } from './scenario.ts';

/** A finding, and the choices that lead to it. */
export interface PlayBroken {
  readonly finding: Finding;
  readonly choices: readonly number[];
  /** What was searched, in words. */
  readonly bounds: string;
}

/** What came of a play. */
export interface Played {
  readonly runs: number;
  readonly steps: number;
  /** Of the runs, those that came before a search. */
  readonly sampled: number;
  readonly broken: readonly PlayBroken[];
  readonly witnesses: Readonly<Record<string, number>>;
  /** How far the schedules were explored; chance alone: null. */
  readonly complete: Level;
  readonly bounds: string;
}

export interface PlayOptions {
  readonly types: StackTypes;
  readonly seed: number;
  /** Default: those of every `check`. */
  readonly schedules?: readonly Schedules[];
  /** Makes some runs twice; see `ExploreOptions.guard`. */
  readonly guard?: Guard;
  /** Says after each finding whether that is enough. Default: the first one is. */
  readonly isEnough?: (broken: readonly PlayBroken[]) => boolean;
}

/** Plays under each of its schedules, until it is broken enough. */
export function runPlay(play: Play, options: PlayOptions): Played {
  return new Playing(play, options).played();
}

class Playing {
  private readonly play: Play;
  private readonly options: PlayOptions;
  private readonly counts = { runs: 0, steps: 0, sampled: 0 };
  private readonly witnesses: Record<string, number> = {};
  private readonly broken: PlayBroken[] = [];
  private readonly seen = new Set<string>();
  private isDone = false;
  private complete: Level = null;
  private readonly searched: string[] = [];

  constructor(play: Play, options: PlayOptions) {
    this.play = play;
    this.options = options;
    for (const name of Object.keys(play.witness)) this.witnesses[name] = 0;
  }

  played(): Played {
    const { schedules = this.play.schedules } = this.options;
    for (const kind of schedules) {
      if (this.isDone) break;
      this.search(seeded(kind, this.options.seed));
    }
    const { counts, broken, witnesses, complete, bounds } = this;
    return { ...counts, broken, witnesses, complete, bounds };
  }

  private get bounds(): string {
    return this.searched.join(', then ');
  }

  private search(schedules: Schedules): void {
    this.searched.push(describeSchedules(schedules));
    const { types, guard } = this.options;
    const explored = explore(this.play.program, schedules, {
      types,
      ...(guard === undefined ? {} : { guard }),
      ...judgesOf(schedules),
      visit: (run, isSampled) => this.visit(run, isSampled),
    });
    if (!this.isDone) this.complete = higher(this.complete, levelOf(explored));
  }

  private visit(run: Run, isSampled: boolean): boolean {
    const { counts, play, witnesses } = this;
    counts.runs += 1;
    counts.steps += run.world.steps;
    if (isSampled) counts.sampled += 1;
    for (const [name, { when }] of Object.entries(play.witness)) {
      if (run.isOver && when(run)) witnesses[name] = (witnesses[name] ?? 0) + 1;
    }
    for (const finding of judgePlay(play, run)) this.keep(finding, run);
    return !this.isDone;
  }

  /** One finding of each judge about each set of rules: more of them say nothing new. */
  private keep(finding: Finding, run: Run): void {
    const key = `${finding.judge} ${finding.rules.join(' ')}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.broken.push({ finding, choices: run.choices, bounds: this.bounds });
    this.isDone = this.options.isEnough?.(this.broken) ?? true;
  }
}
