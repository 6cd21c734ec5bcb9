import type { Access } from '../../impl/kernel/access.ts';
import type { StateKey } from '../../impl/kernel/state-key.ts';
import type { Task } from '../../impl/kernel/task.ts';
import type { World } from '../../impl/kernel/world.ts';
import type { Finding } from '../run/finding.ts';
import type { Judge } from '../run/judge.ts';
import { visitFindings } from './noted.ts';
import { areRacing, RACE_EXPECTED } from './race-rule.ts';

/**
 * A data race as a state shows it: two accesses that race (`race-rule.ts`) are possible at the same
 * time. It sees the accesses that are steps; what lies behind a step is for the judge with vector
 * clocks, which in a run with these two accesses finds them unordered, too.
 */
export class EnabledRacesJudge implements Judge {
  readonly name = 'races';
  private readonly findings: Finding[] = [];

  choosing(world: World, count: number): void {
    const { choiceTasks } = world;
    for (let index = 1; index < count; index += 1) {
      const task = choiceTasks[index];
      const access = task?.pending ?? null;
      if (task === undefined || access === null || !isMemory(access)) continue;
      for (let before = 0; before < index; before += 1) {
        const other = choiceTasks[before];
        if (other === undefined || other === task) continue;
        if (other.pending !== null && race(other.pending, access)) this.note(other, task);
      }
    }
  }

  private note(first: Task, second: Task): void {
    const [one, two] = [first, second].toSorted((a, b) => a.index - b.index).map(describe);
    const message = `data race: ${one ?? ''} and ${two ?? ''} at once`;
    if (this.findings.some((finding) => finding.message === message)) return;
    const step = first.world.steps;
    const { name: judge } = this;
    this.findings.push({ rules: [], judge, message, step, expected: RACE_EXPECTED });
  }

  visitState(key: StateKey): void {
    visitFindings(key, this.findings);
  }

  finish(): readonly Finding[] {
    return this.findings;
  }
}

function isMemory({ kind }: Access): boolean {
  return kind === 'read' || kind === 'write' || kind === 'update';
}

function race(one: Access, other: Access): boolean {
  if (one.place !== other.place || one.field !== other.field || !isMemory(one)) return false;
  return areRacing(one.kind !== 'read', one.order, other.kind !== 'read', other.order);
}

function describe({ name, pending }: Task): string {
  return `${name}: ${pending?.order ?? ''} ${pending?.label ?? ''}`;
}
