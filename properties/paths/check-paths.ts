import { INTACT, type StackTypes } from '../../impl/stack.ts';
import type { ObjectKind } from '../../model/events.ts';
import { scopeName } from '../../model/lifecycle.ts';
import { boundedLifecycles } from '../../model/lifecycles.ts';
import type { Finding } from '../run/finding.ts';
import { keptScripts } from './kept.ts';
import type { Ground } from './referee.ts';
import type { Score } from './score.ts';
import { UNREACHED, type Unreached } from './unreached.ts';
import { replay, walkOf, type Walk } from './walk.ts';

/** Findings about transitions that nothing walks are told once per set of rules, this often. */
const FINDINGS_MAX = 20;

/** How far the paths of one machine were walked. */
export interface MachineWalk {
  readonly machine: ObjectKind;
  readonly scope: string;
  readonly states: number;
  readonly transitions: number;
  readonly walked: number;
  readonly paths: number;
  readonly runs: number;
  readonly steps: number;
  /** What was not walked, each with the reason that is known for it. */
  readonly unreached: readonly { readonly transition: string; readonly reason: string | null }[];
  readonly findings: readonly Finding[];
}

/** What `check` reports of the paths of all machines. */
export interface PathsReport {
  readonly transitions: number;
  readonly walked: number;
  readonly runs: number;
  readonly steps: number;
  readonly machines: readonly MachineWalk[];
  readonly findings: readonly Finding[];
}

/** Walks the paths of every bounded machine on an implementation, by the scripts that are kept. */
export function walkPaths(types: StackTypes = INTACT): readonly MachineWalk[] {
  return boundedLifecycles().map((lifecycle) => walkMachine(walkOf(lifecycle), types));
}

/** Walks the paths of one machine. */
export function walkMachine(walk: Walk, types: StackTypes): MachineWalk {
  const { lifecycle, ground } = walk;
  const score = replay(walk, keptScripts(lifecycle), types);
  const unreached = score.unwalked.map((cell) => {
    const transition = ground.cellName(cell);
    const isIt = (one: Unreached): boolean =>
      one.machine === lifecycle.kind && one.transition === transition;
    return { transition, reason: UNREACHED.find(isIt)?.reason ?? null, cell };
  });
  const missing = unreached.filter(({ reason }) => reason === null).map(({ cell }) => cell);
  const { states, edges, kind } = ground.table;
  return {
    machine: kind,
    scope: scopeName(lifecycle),
    states,
    transitions: edges,
    walked: score.walked.size,
    paths: ground.paths.length,
    runs: score.runs,
    steps: score.steps,
    unreached: unreached.map(({ transition, reason }) => ({ transition, reason })),
    findings: findingsOf(ground, score, missing),
  };
}

/** Where a run parts from its path; or else what should have been walked and was not. */
function findingsOf(ground: Ground, score: Score, missing: readonly number[]): readonly Finding[] {
  if (score.findings.size > 0) return [...score.findings.values()];
  const byRules = new Map<string, Finding>();
  for (const cell of missing) {
    const { rules = [], returns = null } = ground.step(cell) ?? {};
    const key = rules.join(' ');
    if (byRules.has(key) || byRules.size === FINDINGS_MAX) continue;
    const message = `${ground.table.kind}: no run takes ${ground.cellName(cell)}`;
    const expected = returns === null ? 'the event' : `the event, with result ${returns}`;
    byRules.set(key, { rules, judge: 'paths', message, step: null, expected });
  }
  return [...byRules.values()];
}

/** Adds up what was walked of each machine. */
export function inAll(machines: readonly MachineWalk[]): PathsReport {
  const sum = (value: (machine: MachineWalk) => number): number =>
    machines.reduce((total, machine) => total + value(machine), 0);
  return {
    transitions: sum(({ transitions }) => transitions),
    walked: sum(({ walked }) => walked),
    runs: sum(({ runs }) => runs),
    steps: sum(({ steps }) => steps),
    machines,
    findings: machines.flatMap(({ findings }) => findings),
  };
}
