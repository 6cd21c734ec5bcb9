import type { RuleId } from '../../model/rules/catalogue.ts';
import type { Fault } from '../faults/fault.ts';
import { type Batches, runBatches } from '../parallel/batches.ts';
import { PROPERTIES } from '../rules/registry.ts';
import type { PropertyEvidence } from './coverage.ts';
import type { CheckOptions } from './options.ts';
import type { Property } from './property.ts';
import type { Met, StageResult } from './report.ts';
import type { RuleReach } from './reach.ts';
import type { Broken } from './run-property.ts';
import { ownProgram, type PropertyJob, type PropertyTried } from './try-property.ts';

export interface PropertiesResult extends StageResult {
  readonly evidence: readonly PropertyEvidence[];
  /** Faults that were tried, and those whose finding named the rule that they break. */
  readonly faultsTried: ReadonlySet<string>;
  readonly faultsCaught: ReadonlySet<string>;
  /** How far the schedules of the programs were explored, without faults. */
  readonly reach: readonly RuleReach[];
}

/** How closely properties are looked at, which ones, and for how long. */
export interface Look {
  readonly isQuick: boolean;
  /** In this order; those that the pattern names when nothing is said. */
  readonly asked?: readonly Property[];
  /** Of those that the pattern names, only properties of these rules. Default: all. */
  readonly about?: readonly RuleId[];
  /** None is begun any more after so many steps. */
  readonly stepsMax?: number;
}

/** Runs every property, and holds each against its own faults: a check that cannot fail is none. */
export function checkProperties(options: CheckOptions, isQuick = false): PropertiesResult {
  const stage = new PropertiesStage(options, { isQuick });
  runBatches(stage);
  return stage.result();
}

/** Every property that is asked for is a batch of its own. */
export class PropertiesStage implements Batches<'property'> {
  readonly kind = 'property';
  readonly fault: Fault | null;
  private readonly options: CheckOptions;
  private readonly isQuick: boolean;
  private readonly asked: readonly Property[];
  private readonly stepsMax: number;
  private readonly findings: Met[] = [];
  private readonly weak: string[] = [];
  private readonly partial: string[] = [];
  private readonly evidence: PropertyEvidence[] = [];
  private readonly tried = new Set<string>();
  private readonly caught = new Set<string>();
  private readonly reach: RuleReach[] = [];
  private readonly counts = { runs: 0, steps: 0, sampled: 0 };

  constructor(options: CheckOptions, { isQuick, about, asked, stepsMax = Infinity }: Look) {
    this.options = options;
    this.isQuick = isQuick;
    this.fault = options.fault;
    this.stepsMax = stepsMax;
    this.asked =
      asked ??
      PROPERTIES.filter(
        ({ rules }) =>
          isAsked(rules, options.pattern) &&
          (about === undefined || rules.some((rule) => about.includes(rule))),
      );
  }

  job(number: number): PropertyJob | null {
    const property = this.asked[number];
    if (property === undefined) return null;
    const { seed, progress } = this.options;
    progress(`${property.rules[0]}: ${firstLine(property.plan)}`);
    return { index: PROPERTIES.indexOf(property), seed, isQuick: this.isQuick };
  }

  merge(result: PropertyTried, number: number): boolean {
    const property = this.asked[number];
    if (property === undefined) throw new Error(`there is no property ${number}`);
    const { broken, witnesses, caught, weak, partial, reach } = result;
    this.counts.runs += result.runs;
    this.counts.steps += result.steps;
    this.counts.sampled += result.sampled;
    const met = broken.map((one) => toMet(property, one));
    this.findings.push(...met);
    // With a fault that was asked for, nothing is said about the properties themselves.
    if (caught === null) return !met.some((one) => this.options.isEnough(one));
    this.weak.push(...weak);
    this.partial.push(...partial);
    this.reach.push(...reach.map((one) => ({ rule: property.rules[0], ...one })));
    for (const id of property.faults) this.tried.add(id);
    for (const id of caught) this.caught.add(id);
    this.evidence.push({ property, witnesses, caught });
    return this.counts.steps < this.stepsMax;
  }

  result(): PropertiesResult {
    const { counts, findings, weak, partial, evidence, reach } = this;
    return {
      ...counts,
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

function isAsked(rules: readonly RuleId[], pattern: string | null): boolean {
  return pattern === null || rules.some((rule) => rule.includes(pattern));
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

export function toMet(property: Property, { finding, program, choices, bounds }: Broken): Met {
  const source = property.rules[0];
  if (choices === null) return { finding, source, failure: null };
  const failure = { program: ownProgram(property, program), choices, finding, bounds };
  return { finding, source, failure };
}
