import { type Guard, guardInTurn } from '../explore/guard.ts';
import type { Fault } from '../faults/fault.ts';
import { MistakeReach } from '../faults/mistake-reach.ts';
import { findFault } from '../faults/registry.ts';
import type { Program } from '../programs/program.ts';
import { PROPERTIES } from '../rules/registry.ts';
import { isWitnessed } from './coverage.ts';
import { typesWith } from './found.ts';
import type { Property } from './property.ts';
import type { ProgramReach } from './reach.ts';
import { type Broken, type PropertyResult, runProperty } from './run-property.ts';

/** A property by its place in the registry: claims are functions, and do not cross threads. */
export interface PropertyJob {
  readonly index: number;
  readonly seed: number;
  /** See `PropertyOptions.isQuick`. */
  readonly isQuick: boolean;
}

/** What came of a property and of its faults, as data. */
export interface PropertyTried {
  readonly runs: number;
  readonly steps: number;
  readonly sampled: number;
  readonly broken: readonly Broken[];
  readonly reach: readonly ProgramReach[];
  readonly witnesses: Readonly<Record<string, number>>;
  /** Faults whose finding named the rule; null when they were not tried. */
  readonly caught: readonly string[] | null;
  readonly weak: readonly string[];
  readonly partial: readonly string[];
}

/** Runs a property, and without a fault that was asked for, each of its own. */
export function tryProperty(job: PropertyJob, fault: Fault | null): PropertyTried {
  const property = PROPERTIES[job.index];
  if (property === undefined) throw new Error(`there is no property ${job.index}`);
  return new PropertyTrial(property, job, fault).result();
}

class PropertyTrial {
  private readonly property: Property;
  private readonly job: PropertyJob;
  private readonly fault: Fault | null;
  /** One for all programs: most have fewer runs than are between two that are made twice. */
  private readonly guard: Guard;
  private readonly counts = { runs: 0, steps: 0, sampled: 0 };

  constructor(property: Property, job: PropertyJob, fault: Fault | null) {
    this.property = property;
    this.job = job;
    this.fault = fault;
    this.guard = guardInTurn(job.index);
  }

  result(): PropertyTried {
    const { property, fault } = this;
    const { broken, reach, witnesses, partial } = this.run(fault, this.job.isQuick);
    const kept = { broken, reach, witnesses, partial };
    if (fault !== null) return { ...this.counts, ...kept, caught: null, weak: [], partial: [] };
    const [rule] = property.rules;
    const caught = property.faults.filter((id) => this.isCaught(id));
    const survivors = property.faults.filter((id) => !caught.includes(id));
    const weak = [
      ...unreached(property, witnesses),
      ...survivors.map((id) => `${rule}: the fault ${id} survives`),
    ];
    return {
      ...this.counts,
      ...kept,
      caught,
      weak,
      partial: partial.map((program) => `${rule}: ${program}`),
    };
  }

  private run(fault: Fault | null, isQuick: boolean): PropertyResult {
    const { property, job, guard, counts } = this;
    const { seed } = job;
    const common = { seed, stopsAtFinding: true, isQuick, guard };
    const types = typesWith(fault);
    const reach = fault !== null && isQuick ? new MistakeReach(types) : null;
    const result = runProperty(
      property,
      reach === null ? { ...common, types } : { ...common, types: reach.types, reach },
    );
    counts.runs += result.runs;
    counts.steps += result.steps;
    counts.sampled += result.sampled;
    return result;
  }

  /**
   * A finding names the property's own rule: mostly one of the first look at each program. That
   * one says nothing about sets of outcomes, and is left out where all is said about them.
   */
  private isCaught(id: string): boolean {
    const { rules, holds, outcomes } = this.property;
    const [rule] = rules;
    const looks = holds === undefined && outcomes !== undefined ? [false] : [true, false];
    const fault = findFault(id);
    if (fault === null) throw new Error(`${rule}: there is no fault ${id}`);
    return looks.some((isQuick) =>
      this.run(fault, isQuick).broken.some(({ finding }) => finding.rules.includes(rule)),
    );
  }
}

function unreached(
  property: Property,
  witnesses: Readonly<Record<string, number>>,
): readonly string[] {
  if (isWitnessed({ property, witnesses, caught: [] })) return [];
  const lacking: string[] = [];
  for (const [name, { atLeast }] of Object.entries(property.witness)) {
    const seen = witnesses[name] ?? 0;
    if (seen >= atLeast) continue;
    lacking.push(`${property.rules[0]}: witness ${name} was reached ${seen} < ${atLeast} times`);
  }
  return lacking;
}

/** The property's own program again: what crossed threads is a copy, and claims tell them apart. */
export function ownProgram(property: Property, copy: Program): Program {
  return property.programs.find(({ name }) => name === copy.name) ?? copy;
}
