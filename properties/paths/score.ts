import type { EventName } from '../../model/events.ts';
import { FORBIDDEN } from '../../model/tabulate.ts';
import type { Finding } from '../run/finding.ts';
import type { Execution } from './execution.ts';
import type { Ground } from './referee.ts';
import type { Script } from './script.ts';

/** What has been walked so far, by whatever search, and what was wrong on the way. */
export class Score {
  readonly ground: Ground;
  readonly walked: Set<number> = new Set();
  readonly findings: Map<string, Finding> = new Map();
  /** The runs that walked something new. */
  readonly scripts: Script[] = [];
  runs = 0;
  steps = 0;
  private readonly runsMax: number;

  constructor(ground: Ground, runsMax: number) {
    this.ground = ground;
    this.runsMax = runsMax;
  }

  /** Transitions of the table, in order. */
  get transitions(): number[] {
    const { next } = this.ground.table;
    return [...next.keys()].filter((cell) => next[cell] !== FORBIDDEN);
  }

  get unwalked(): number[] {
    return this.transitions.filter((cell) => !this.walked.has(cell));
  }

  /** Begins with what another score has. */
  take({ walked, scripts }: Score): void {
    for (const cell of walked) this.walked.add(cell);
    this.scripts.push(...scripts);
  }

  /** Nothing is left to walk, or the searches have cost too much. */
  get isSpent(): boolean {
    return this.walked.size === this.ground.table.edges || this.runs >= this.runsMax;
  }

  /** Takes over what a run has shown, and keeps the run when it walked something new. */
  count(scene: number, { referee, world, decided }: Execution): void {
    const { cells, finding } = referee;
    this.runs += 1;
    this.steps += world.steps;
    const fresh = cells.filter((cell) => !this.walked.has(cell));
    for (const cell of fresh) this.walked.add(cell);
    if (fresh.length > 0) this.scripts.push({ scene, decisions: [...decided], cells: [...cells] });
    if (finding === null) return;
    const key = `${finding.rules.join(' ')} ${finding.message}`;
    if (!this.findings.has(key)) this.findings.set(key, finding);
  }

  /** Events that belong to a transition that nobody has walked. */
  missing(): ReadonlySet<EventName> {
    const { events } = this.ground.table;
    const names = new Set<EventName>();
    for (const cell of this.transitions) {
      const event = events[cell % events.length];
      if (!this.walked.has(cell) && event !== undefined) names.add(event.type);
    }
    return names;
  }
}
