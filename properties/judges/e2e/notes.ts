import type { Place } from '../../../impl/kernel/access.ts';
import type { StateKey } from '../../../impl/kernel/state-key.ts';
import type { World } from '../../../impl/kernel/world.ts';
import type { RuleId } from '../../../model/rules/catalogue.ts';
import type { Finding } from '../../run/finding.ts';
import { visitFindings } from '../noted.ts';

/** What the books say, as those who keep them have it in mind. */
const BOOKS: Place = { label: 'books' };

/** What is found in the books of one machine; the same thing is said once. */
export class E2eNotes {
  readonly world: World;
  readonly findings: Finding[] = [];
  /** Mistakes that nature may make in this run. */
  private readonly mistakesMax: number;
  private readonly said = new Set<string>();
  /** Frames of which a job that has failed has written something. */
  private readonly spoiled = new Set<number>();

  constructor(world: World) {
    this.world = world;
    this.mistakesMax = world.hardwareFaultsLeft;
  }

  /** Nature has made a mistake. */
  get isDisturbed(): boolean {
    return this.world.hardwareFaultsLeft < this.mistakesMax;
  }

  /** A job that was drawing these frames has an error: nothing is promised of them. */
  spoil(contents: ReadonlySet<number>): void {
    for (const content of contents) this.spoiled.add(content);
  }

  isSpoiled(content: number): boolean {
    return this.spoiled.has(content);
  }

  note(rules: readonly RuleId[], message: string, expected: string | null = null): void {
    const key = `${rules.join(' ')} ${message}`;
    if (this.said.has(key)) return;
    this.said.add(key);
    const { steps: step } = this.world;
    // Whoever lets the oracle of a machine note something lets its books, too.
    this.findings.push({ rules, judge: 'hardware', message, step, expected });
  }

  /** The order of such moments matters: explorers hear of it. */
  touch(): void {
    if (this.world.footprint !== null) this.world.touch(BOOKS, 'all', 'write', 'once');
  }

  visitState(key: StateKey): void {
    visitFindings(key, this.findings);
    if (this.spoiled.size > 0) key.add([...this.spoiled].toSorted((a, b) => a - b).join(' '));
  }
}
