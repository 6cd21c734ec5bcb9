import type { RuleId } from '../../model/rules/catalogue.ts';
import type { JudgeName, Witness } from '../check/property.ts';
import type { Program } from '../programs/program.ts';
import type { Schedules } from '../run/explore.ts';
import type { Run } from '../run/run.ts';

/** What must be so at the end of a run, and the rules that are broken when it is not. */
export interface Expectation {
  readonly rules: readonly [RuleId, ...RuleId[]];
  /** What is wrong with this run, or null. Not asked for runs that crashed or block. */
  readonly holds: (run: Run) => string | null;
  /** It is about time, and not asked for where timers may come at any moment. Default: no. */
  readonly isTimed?: boolean;
}

/** Rules by judges that do not name them: a deadlock is one whoever's rule it breaks. */
export type Forbidden = Readonly<Partial<Record<JudgeName, readonly RuleId[]>>>;

/**
 * `small` shows the point and is searched within bounds that are said; `normal` is as the
 * specification describes it, and is sampled.
 */
export type Size = 'small' | 'normal';

/** Findings of a judge that say this, and no others of it. */
export interface Allowed {
  readonly judge: JudgeName;
  readonly says: string;
}

/** A scenario played at one size. */
export interface Play {
  /** `scenario/scn-09/small`; the program has the same name. */
  readonly id: string;
  readonly size: Size;
  readonly program: Program;
  /** In every `check`. Seeds of random ones are added to the seed that was asked for. */
  readonly schedules: readonly Schedules[];
  /** Where there is time for more: in the clock of the program, and in both clocks. */
  readonly deeper: readonly Schedules[];
  readonly expectations: readonly Expectation[];
  /** What these judges find breaks these rules, besides those that they name themselves. */
  readonly forbids: Forbidden;
  /** What these judges find belongs to the scenario. */
  readonly allows: readonly JudgeName[];
  /** The same where timers may come at any moment: a time-out that warns, though nobody was late. */
  readonly allowsInFreeTime: readonly Allowed[];
  /** What must be seen so often, or nothing is shown. */
  readonly witness: Readonly<Record<string, Witness>>;
}

/** A scenario with one thing done wrong: some run of it must break what it names. */
export interface Variant {
  /** `scenario/scn-09/no-ticket`. */
  readonly id: string;
  /** What is done wrong. */
  readonly mistake: string;
  readonly play: Play;
  /** A seeded fault; null when the program itself does it wrong. */
  readonly fault: string | null;
  /** Each of them must be named by a finding. */
  readonly breaks: readonly [RuleId, ...RuleId[]];
  /** End-to-end rules that it must break, too, once they are judged: see the README. */
  readonly awaits: readonly RuleId[];
}

/** A named story of the specification, played by the whole stack with all judges on. */
export interface Scenario {
  /** `scenario/scn-09`. */
  readonly id: string;
  readonly title: string;
  /** What happens, and what must hold. */
  readonly text: string;
  /** End-to-end rules that must hold, too, once they are judged. */
  readonly awaits: readonly RuleId[];
  readonly plays: readonly Play[];
  readonly variants: readonly Variant[];
}

/** A play as a person writes it down; what is not said is empty. */
export type WrittenPlay = Pick<Play, 'schedules'> &
  Partial<
    Pick<Play, 'deeper' | 'expectations' | 'forbids' | 'allows' | 'allowsInFreeTime' | 'witness'>
  > & {
    readonly size?: Size;
    /** Where there are several of one size; default: the size. */
    readonly name?: string;
    readonly program: (name: string) => Program;
  };

/** A variant as a person writes it down: a play with something changed. */
export interface WrittenVariant {
  readonly name: string;
  readonly mistake: string;
  readonly fault?: string;
  readonly breaks: readonly [RuleId, ...RuleId[]];
  readonly awaits?: readonly RuleId[];
  /** The name of the play that it is like; default: the first one. */
  readonly like?: string;
  /** What is not as in that play. */
  readonly with?: Partial<WrittenPlay>;
}

export interface WrittenScenario {
  /** `scn-09`. */
  readonly name: string;
  readonly title: string;
  readonly text: string;
  readonly awaits?: readonly RuleId[];
  readonly plays: readonly [WrittenPlay, ...WrittenPlay[]];
  readonly variants: readonly WrittenVariant[];
}

export function scenario(written: WrittenScenario): Scenario {
  const { name, title, text, awaits = [], plays, variants } = written;
  const id = `scenario/${name}`;
  const variantOf = (one: WrittenVariant): Variant => {
    const [first] = plays;
    // What a play shows in a few runs, a mistake may show in some more.
    const like = plays.find((play) => nameOf(play) === one.like) ?? first;
    const ownId = `${id}/${one.name}`;
    return {
      id: ownId,
      mistake: one.mistake,
      play: playOf(ownId, {
        ...like,
        witness: {},
        schedules: [...like.schedules, drawn(VARIANT_RUNS)],
        ...one.with,
      }),
      fault: one.fault ?? null,
      breaks: one.breaks,
      awaits: one.awaits ?? [],
    };
  };
  return {
    id,
    title,
    text,
    awaits,
    plays: plays.map((play) => playOf(`${id}/${nameOf(play)}`, play)),
    variants: variants.map(variantOf),
  };
}

/** A variant that has broken nothing by then is reported. */
const VARIANT_RUNS = 100;

function nameOf({ name, size = 'small' }: WrittenPlay): string {
  return name ?? size;
}

function playOf(id: string, written: WrittenPlay): Play {
  return {
    id,
    size: written.size ?? 'small',
    program: written.program(id),
    schedules: written.schedules,
    deeper: written.deeper ?? [],
    expectations: written.expectations ?? [],
    forbids: written.forbids ?? {},
    allows: written.allows ?? [],
    allowsInFreeTime: written.allowsInFreeTime ?? [],
    witness: written.witness ?? {},
  };
}

/** So many random schedules; its number is added to the seed that `check` was asked for. */
export function drawn(runs: number, seed = 0): Schedules {
  return { kind: 'random', runs, seed };
}

/** The same schedules with another source of chance. */
export function seeded(schedules: Schedules, seed: number): Schedules {
  return 'seed' in schedules ? { ...schedules, seed: schedules.seed + seed } : schedules;
}
