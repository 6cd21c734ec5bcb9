import type { StackTypes } from '../../impl/stack.ts';
import type { EventName } from '../../model/events.ts';
import type { ModelPath } from '../../model/paths.ts';
import { FORBIDDEN } from '../../model/tabulate.ts';
import { Execution, type Candidate, type Decision, type Late } from './execution.ts';
import { plan } from './plan.ts';
import type { Score } from './score.ts';
import type { SceneKind } from './scene.ts';

/** Moments that are tried for one transition; what is left, others may try. */
const MOMENTS_MAX = 24;

/** The same at the end of a detour, where the late task still has to see what it needs. */
const LATE_MOMENTS_MAX = 150;

/** A moment of a run, as the decisions that lead to it. */
interface Moment {
  readonly state: number;
  /** The moment before, and what was decided there; null at the beginning. */
  readonly before: Moment | null;
  readonly decision: Decision | null;
  readonly candidates: readonly Candidate[];
  /** Tasks that are stopped on their way. */
  readonly late: readonly Late[];
  readonly around: string;
  /** How many of the tasks are awake. */
  readonly live: number;
  /** Made when it is needed. */
  tried: Set<Candidate> | null;
}

/** All moments at which a task is stopped at one place, or the same stands around the object. */
interface LateMoments {
  readonly emits: readonly EventName[] | null;
  /** By state of the object. */
  readonly moments: Map<number, Moment[]>;
  /** Transitions that could not be made around it. */
  readonly blocked: Set<number>;
}

/** Looks for runs on one scene. Moments are continued by running them again from the start. */
export class Search {
  private readonly score: Score;
  private readonly scene: SceneKind;
  /** Which of the machine's scenes that is. */
  private readonly number: number;
  private readonly types: StackTypes;
  /** Tasks that may be stopped on their way at the same time, for now. */
  private liveMax = 0;
  private readonly moments: Moment[][];
  private readonly all: Moment[] = [];
  /** Moments with more live tasks than are looked at for now. */
  private readonly later = new Map<number, Moment[]>();
  private readonly lates = new Map<string, LateMoments>();
  private readonly candidates = new Map<string, Candidate>();
  private readonly keys = new Set<string>();
  /** Transitions that some run on this scene has taken. */
  private readonly taken = new Set<number>();

  constructor(score: Score, number: number, scene: SceneKind, types: StackTypes) {
    this.score = score;
    this.number = number;
    this.scene = scene;
    this.types = types;
    this.moments = Array.from({ length: score.ground.table.states }, () => []);
    this.note(new Execution(score.ground, scene, types), null, null);
  }

  /** From now on up to `liveMax` tasks may be stopped on their way. */
  widen(liveMax: number): void {
    this.liveMax = liveMax;
    for (const moment of this.later.get(liveMax) ?? []) this.admit(moment);
    this.later.delete(liveMax);
  }

  /** Follows a path whose last transition nobody has walked yet. */
  follow(path: ModelPath): void {
    const { ground, walked } = this.score;
    const cells = ground.cells(path);
    const last = cells.at(-1) ?? 0;
    for (const cell of cells) {
      if (walked.has(last) || this.score.isSpent || !this.reach(cell)) return;
    }
  }

  /** Tries every moment of a transition's state, until the transition is taken. */
  private reach(cell: number): boolean {
    const moments = this.moments[Math.floor(cell / this.score.ground.table.events.length)] ?? [];
    this.advance(cell, moments, () => this.taken.has(cell));
    return this.taken.has(cell);
  }

  /** Tries to make a transition's event at some moments, which may become more on the way. */
  private advance(
    cell: number,
    moments: readonly Moment[],
    isDone: () => boolean,
    momentsMax = MOMENTS_MAX,
  ): void {
    const { events } = this.score.ground.table;
    const wanted = events[cell % events.length]?.type;
    for (let at = 0; at < moments.length && at < momentsMax && wanted !== undefined; at += 1) {
      const moment = moments[at];
      for (const isQuiet of [false, true]) {
        for (const candidate of moment?.candidates ?? []) {
          if (isDone()) return;
          const isApt = isQuiet ? candidate.isQuiet : candidate.begins?.includes(wanted) === true;
          if (isApt && moment !== undefined) this.try(moment, candidate);
        }
      }
    }
  }

  /** Starts what can be late, everywhere: the beginnings of all detours. */
  prepare(): void {
    const missing = this.score.missing();
    for (const moment of [...this.all]) {
      if (moment.live >= this.liveMax) continue;
      for (const candidate of moment.candidates) {
        if (candidate.emits?.some((name) => missing.has(name)) === true)
          this.try(moment, candidate);
      }
    }
  }

  /**
   * Walks a transition with a task that began before: keeps it where it is, and goes around it
   * through the table until the transition's state is reached.
   */
  detour(cell: number): void {
    const { ground } = this.score;
    const { events } = ground.table;
    const wanted = events[cell % events.length]?.type;
    const target = Math.floor(cell / events.length);
    for (const late of [...this.lates.values()]) {
      if (wanted === undefined || late.emits?.includes(wanted) === false) continue;
      if (!this.arrive(late, target)) continue;
      const isDone = (): boolean => this.score.walked.has(cell);
      this.advance(cell, late.moments.get(target) ?? [], isDone, LATE_MOMENTS_MAX);
      if (this.score.walked.has(cell)) return;
    }
  }

  /** Some operation begins with the event: no task has to have begun before. */
  canStart(cell: number): boolean {
    const { events } = this.score.ground.table;
    const wanted = events[cell % events.length]?.type;
    return [...this.candidates.values()].some(
      ({ decision, begins }) =>
        decision.kind === 'start' && wanted !== undefined && begins?.includes(wanted) === true,
    );
  }

  /** Comes to a transition's state in the other ways that lead there, then tries again. */
  approach(cell: number): void {
    const { events, next } = this.score.ground.table;
    const target = Math.floor(cell / events.length);
    const isDone = (): boolean => this.score.walked.has(cell);
    for (const [before, after] of next.entries()) {
      if (isDone()) return;
      if (after !== target) continue;
      this.advance(before, this.moments[Math.floor(before / events.length)] ?? [], isDone);
      this.reach(cell);
    }
  }

  /** Brings a late task to a state. */
  private arrive(late: LateMoments, target: number): boolean {
    const { ground } = this.score;
    const { blocked, moments } = late;
    for (;;) {
      if (this.score.isSpent) return false;
      const cells = plan(ground, { sources: moments.keys(), target, blocked });
      if (cells === null) return false;
      for (const cell of cells) {
        const state = Math.floor(cell / ground.table.events.length);
        const after = ground.table.next[cell] ?? 0;
        this.advance(cell, moments.get(state) ?? [], () => moments.has(after));
        if (moments.has(after)) continue;
        blocked.add(cell);
        break;
      }
      if (moments.has(target)) return true;
    }
  }

  private isAllowed(state: number, { begins, isQuiet }: Candidate): boolean {
    if (isQuiet || begins === null) return true;
    const { ground } = this.score;
    const { events, next } = ground.table;
    return events.some(
      ({ type }, event) => begins.includes(type) && next[ground.cell(state, event)] !== FORBIDDEN,
    );
  }

  private try(moment: Moment, candidate: Candidate): void {
    moment.tried ??= new Set();
    if (moment.tried.has(candidate) || !this.isAllowed(moment.state, candidate)) return;
    moment.tried.add(candidate);
    const execution = new Execution(this.score.ground, this.scene, this.types);
    for (const decision of scriptOf(moment)) execution.perform(decision);
    if (!execution.perform(candidate.decision)) return;
    const { referee, world } = execution;
    this.score.count(this.number, execution);
    for (const cell of referee.cells) this.taken.add(cell);
    if (referee.finding !== null || referee.isOut || world.crashed) return;
    this.note(execution, moment, candidate.decision);
  }

  /** Remembers a moment, unless an equal one is known. */
  private note(execution: Execution, before: Moment | null, decision: Decision | null): void {
    const { late, around, key } = execution;
    const live = late.filter(({ isAsleep }) => !isAsleep).length;
    const isFull = live > this.scene.liveMax || late.length - live > this.scene.asleepMax;
    if (isFull || this.keys.has(key)) return;
    this.keys.add(key);
    const { state } = execution.referee;
    const candidates = execution.candidates(this.candidates);
    const moment = { state, before, decision, candidates, late, around, live, tried: null };
    if (live <= this.liveMax) {
      this.admit(moment);
      return;
    }
    const later = this.later.get(live) ?? [];
    later.push(moment);
    this.later.set(live, later);
  }

  private admit(moment: Moment): void {
    this.moments[moment.state]?.push(moment);
    this.all.push(moment);
    const around: Late = { where: moment.around, emits: null, isAsleep: false };
    for (const { where, emits } of this.scene.isSurrounded
      ? [...moment.late, around]
      : moment.late) {
      let late = this.lates.get(where);
      if (late === undefined) {
        late = { emits, moments: new Map(), blocked: new Set() };
        this.lates.set(where, late);
      }
      const known = late.moments.get(moment.state);
      if (known === undefined) late.moments.set(moment.state, [moment]);
      else known.push(moment);
    }
  }
}

function scriptOf(moment: Moment): Decision[] {
  const script: Decision[] = [];
  for (let at: Moment | null = moment; at !== null; at = at.before) {
    if (at.decision !== null) script.push(at.decision);
  }
  return script.toReversed();
}
