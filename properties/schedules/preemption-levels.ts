import type { World } from '../../impl/kernel/world.ts';
import type { Strategy } from './strategy.ts';
import { ownChoices } from './tree.ts';

/** What a run chose, and among how many. */
interface Taken {
  readonly choices: number[];
  readonly counts: number[];
}

/** A schedule to begin with: that of a run, up to a place, and another choice there. */
interface Start {
  readonly of: Taken;
  readonly at: number;
  readonly choice: number;
}

/** Nothing is asked for. */
const FROM_START: Start = { of: { choices: [], counts: [] }, at: -1, choice: 0 };

/** What a start asks for; -1 where it leaves the choice open. */
function choiceAt({ of, at, choice }: Start, place: number): number {
  if (place === at) return choice;
  return place < at ? (of.choices[place] ?? 0) : -1;
}

/** The one that a depth-first search meets first comes last. */
function backwards(first: Start, second: Start): number {
  for (let place = 0; ; place += 1) {
    const [one, other] = [choiceAt(first, place), choiceAt(second, place)];
    if (one !== other || one < 0) return other - one;
  }
}

/**
 * The schedules with exactly so many preemptions, in the order of a depth-first search. A level
 * goes on from the runs of the one before it, where another preemption was one too many: so no
 * schedule is run on two levels.
 */
export class PreemptionLevel implements Strategy {
  /** One preemption more leads to a schedule that was left out. */
  pruned = false;
  /** The next one comes last. */
  private readonly open: Start[];
  /** For the next level; nothing is kept when there will be none. */
  private readonly later: Start[] = [];
  private readonly isLast: boolean;
  private start: Start;
  private taken: Taken = FROM_START.of;

  private constructor(open: Start[], isLast: boolean) {
    this.open = open;
    this.isLast = isLast;
    this.start = open.pop() ?? FROM_START;
  }

  /** The schedules without preemptions. */
  static first(isLast: boolean): PreemptionLevel {
    return new PreemptionLevel([FROM_START], isLast);
  }

  /** Those with one preemption more. This level is over, was not the last, and was pruned. */
  next(isLast: boolean): PreemptionLevel {
    return new PreemptionLevel(this.later.splice(0).toSorted(backwards), isLast);
  }

  /** Call before each run. */
  begin(): void {
    this.taken = { choices: [], counts: [] };
  }

  choose(world: World, count: number): number {
    const { taken, start } = this;
    const at = taken.choices.length;
    const known = start.of.counts[at] ?? count;
    if (at <= start.at && known !== count) throw new Error('a run was not deterministic');
    const choice = at <= start.at ? choiceAt(start, at) : 0;
    taken.choices.push(choice);
    taken.counts.push(count);
    if (at > start.at) this.branch(world, at, count);
    return choice;
  }

  /** Notes what else could have been chosen here. */
  private branch(world: World, at: number, count: number): void {
    const { taken, open, later } = this;
    const canStay = world.choiceTasks[0] === world.current;
    const own = canStay ? ownChoices(world, count) : [];
    for (let choice = count - 1; choice > 0; choice -= 1) {
      if (!canStay || own.includes(choice)) {
        open.push({ of: taken, at, choice });
        continue;
      }
      this.pruned = true;
      if (!this.isLast) later.push({ of: taken, at, choice });
    }
  }

  /** Moves to the next schedule; false when all have been run. */
  advance(): boolean {
    const next = this.open.pop();
    if (next === undefined) return false;
    this.start = next;
    return true;
  }
}
