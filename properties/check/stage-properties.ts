import { Guard } from '../explore/guard.ts';
import { findFault } from '../faults/registry.ts';
import { PROPERTIES } from '../rules/registry.ts';
import type { PropertyEvidence } from './coverage.ts';
import { isWitnessed } from './coverage.ts';
import { typesWith } from './found.ts';
import type { CheckOptions } from './options.ts';
import type { Property } from './property.ts';
import type { Met, StageResult } from './report.ts';
import { type Broken, type PropertyResult, type Reach, runProperty } from './run-property.ts';

export interface PropertiesResult extends StageResult {
  readonly evidence: readonly PropertyEvidence[];
  /** Faults that were tried, and those whose finding named the rule that they break. */
  readonly faultsTried: ReadonlySet<string>;
  readonly faultsCaught: ReadonlySet<string>;
  /** How far the schedules of the programs were explored, without faults. */
  readonly reach: Readonly<Reach>;
}

const REACHES = ['exhaustive', 'bounded', 'sampled'] as const;

/** Runs every property, and holds each against its own faults: a check that cannot fail is none. */
export function checkProperties(options: CheckOptions, isQuick = false): PropertiesResult {
  const stage = new PropertiesStage(options, isQuick);
  for (const property of PROPERTIES) {
    if (!isAsked(property, options.pattern)) continue;
    options.progress(`${property.rules[0]}: ${firstLine(property.plan)}`);
    stage.runOne(property);
  }
  return stage.result();
}

class PropertiesStage {
  private readonly options: CheckOptions;
  private readonly findings: Met[] = [];
  private readonly weak: string[] = [];
  private readonly partial: string[] = [];
  private readonly evidence: PropertyEvidence[] = [];
  private readonly tried = new Set<string>();
  private readonly caught = new Set<string>();
  private readonly reach: Reach = { exhaustive: 0, bounded: 0, sampled: 0 };
  private runs = 0;
  private steps = 0;
  private sampled = 0;
  /** One for all programs: most have fewer runs than are between two that are made twice. */
  private readonly guard = new Guard();

  private readonly isQuick: boolean;

  constructor(options: CheckOptions, isQuick: boolean) {
    this.options = options;
    this.isQuick = isQuick;
  }

  runOne(property: Property): void {
    const { fault, seed } = this.options;
    const stopsAtFinding = true;
    const { isQuick, guard } = this;
    const types = typesWith(fault);
    const result = runProperty(property, { seed, types, stopsAtFinding, isQuick, guard });
    this.count(result);
    for (const broken of result.broken) this.findings.push(toMet(property, broken));
    if (fault !== null) return;
    for (const kind of REACHES) this.reach[kind] += result.reach[kind];
    for (const program of result.partial) this.partial.push(`${property.rules[0]}: ${program}`);
    this.noteWeak(property, result);
    const caught = this.tryFaults(property);
    this.evidence.push({ property, witnesses: result.witnesses, caught });
  }

  private count(result: PropertyResult): void {
    this.runs += result.runs;
    this.steps += result.steps;
    this.sampled += result.sampled;
  }

  private noteWeak(property: Property, result: PropertyResult): void {
    const { witnesses } = result;
    if (isWitnessed({ property, witnesses, caught: [] })) return;
    for (const [name, { atLeast }] of Object.entries(property.witness)) {
      const seen = witnesses[name] ?? 0;
      if (seen < atLeast) {
        this.weak.push(
          `${property.rules[0]}: witness ${name} was reached ${seen} < ${atLeast} times`,
        );
      }
    }
  }

  /** The property's faults whose finding names its rule. */
  private tryFaults(property: Property): string[] {
    const [rule] = property.rules;
    const caught: string[] = [];
    for (const id of property.faults) {
      const fault = findFault(id);
      if (fault === null) throw new Error(`${rule}: there is no fault ${id}`);
      this.tried.add(id);
      const { guard, options } = this;
      const types = typesWith(fault);
      const stopsAtFinding = true;
      const result = runProperty(property, { seed: options.seed, types, stopsAtFinding, guard });
      this.count(result);
      if (result.broken.some(({ finding }) => finding.rules.includes(rule))) {
        caught.push(id);
        this.caught.add(id);
      } else {
        this.weak.push(`${rule}: the fault ${id} survives`);
      }
    }
    return caught;
  }

  result(): PropertiesResult {
    const { runs, steps, sampled, findings, weak, partial, evidence, reach } = this;
    return {
      runs,
      steps,
      sampled,
      findings,
      weak,
      partial,
      evidence,
      reach,
      faultsTried: this.tried,
      faultsCaught: this.caught,
    };
  }
}

function isAsked(property: Property, pattern: string | null): boolean {
  return pattern === null || property.rules.some((rule) => rule.includes(pattern));
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

export function toMet(property: Property, { finding, program, choices, bounds }: Broken): Met {
  const source = property.rules[0];
  const failure = choices === null ? null : { program, choices, finding, bounds };
  return { finding, source, failure };
}
