import { KERNEL_FAULTS as CATALOGUE } from '../../model/rules/catalogue.ts';
import type { Trace } from '../../traces/trace.ts';
import type { Fault } from '../faults/fault.ts';
import { PROPERTIES } from '../rules/registry.ts';
import { type Versions, versions } from '../versions.ts';
import { byTelling, runStages } from './check.ts';
import { explain, typesWith } from './found.ts';
import { CHECK_DEFAULTS, type CheckOptions } from './options.ts';
import type { Met } from './report.ts';
import { runProperty } from './run-property.ts';
import { toMet } from './stage-properties.ts';

/** A flaw that Linux 6.12 itself has, and what the suite makes of it. */
export interface KernelFlaw {
  readonly id: string;
  /** What that kernel does. */
  readonly mistake: string;
  /** The rules that it breaks there. */
  readonly breaks: readonly string[];
  /** How it is known: read in the source, or seen on a booted kernel. */
  readonly evidence: string;
  /** The rules that the finding names; empty when nothing was found. */
  readonly rules: readonly string[];
  /** What met it; null when nothing was found within the bounds. */
  readonly source: string | null;
  readonly message: string | null;
  readonly trace: Trace | null;
}

/** What `check --kernel-6.12` writes. Nothing in it is about the intact implementation. */
export interface KernelReport {
  readonly versions: Versions;
  readonly kernel: '6.12';
  readonly seed: number;
  readonly pattern: string | null;
  readonly flaws: readonly KernelFlaw[];
  readonly faults: { readonly total: number; readonly caught: number };
  readonly runs: number;
  readonly steps: number;
  /** Known flaws that are not built here, and those that no search met. */
  readonly partial: readonly string[];
}

interface Search {
  readonly met: readonly Met[];
  readonly runs: number;
  readonly steps: number;
}

/** Builds each known flaw of Linux 6.12 into the stack, in turn, and searches for it. */
export function checkKernel(
  faults: readonly Fault[],
  asked: Partial<CheckOptions> = {},
): KernelReport {
  const options = { ...CHECK_DEFAULTS, ...asked };
  const { pattern, seed } = options;
  const chosen = faults.filter((fault) => isAsked(fault, pattern));
  const counts = { runs: 0, steps: 0 };
  const flaws = chosen.map((fault) => {
    options.progress(`Linux 6.12: ${fault.id}`);
    const search = searchFlaw(fault, { ...options, pattern: null, fault });
    counts.runs += search.runs;
    counts.steps += search.steps;
    return describe(fault, search.met);
  });
  const caught = flaws.filter(({ source }) => source !== null).length;
  return {
    versions: versions(),
    kernel: '6.12',
    seed,
    pattern,
    flaws,
    faults: { total: flaws.length, caught },
    ...counts,
    partial: [
      ...flaws.filter(({ source }) => source === null).map(({ id }) => `${id}: nothing was found`),
      ...(pattern === null ? notBuilt(faults) : []),
    ],
  };
}

function isAsked({ id, breaks }: Fault, pattern: string | null): boolean {
  return pattern === null || [id, ...breaks].some((name) => name.includes(pattern));
}

/** The properties of the rules that the flaw breaks come first; then everything else. */
function searchFlaw(fault: Fault, options: CheckOptions): Search {
  const met: Met[] = [];
  const counts = { runs: 0, steps: 0 };
  for (const property of PROPERTIES) {
    const isNear =
      property.faults.includes(fault.id) ||
      property.rules.some((rule) => fault.breaks.includes(rule));
    if (!isNear) continue;
    const { seed } = options;
    const stopsAtFinding = true;
    const result = runProperty(property, { seed, types: typesWith(fault), stopsAtFinding });
    counts.runs += result.runs;
    counts.steps += result.steps;
    met.push(...result.broken.map((broken) => toMet(property, broken)));
  }
  if (met.length > 0) return { met, ...counts };
  const stages = Object.values(runStages(options)).filter((stage) => stage !== null);
  for (const stage of stages) {
    counts.runs += stage.runs;
    counts.steps += stage.steps;
    met.push(...stage.findings);
  }
  return { met, ...counts };
}

function describe(fault: Fault, met: readonly Met[]): KernelFlaw {
  const telling = byTelling(met);
  const names = ({ finding }: Met): boolean =>
    finding.rules.some((rule) => fault.breaks.includes(rule));
  const found = telling.find(names) ?? telling[0];
  const { id, mistake, breaks } = fault;
  const base = { id, mistake, breaks, evidence: evidenceOf(id) };
  if (found === undefined) {
    return { ...base, rules: [], source: null, message: null, trace: null };
  }
  const { finding, source, failure } = found;
  const trace = failure === null ? null : explain(failure, fault);
  const rules = trace?.verdict.rules ?? finding.rules;
  return { ...base, rules, source, message: finding.message, trace };
}

function evidenceOf(id: string): string {
  return CATALOGUE.find((entry) => id.includes(entry.id))?.evidence ?? '';
}

function notBuilt(faults: readonly Fault[]): string[] {
  return CATALOGUE.filter(({ id }) => !faults.some((fault) => fault.id.includes(id))).map(
    ({ id }) => `${id}: what it is a flaw of is not built here`,
  );
}
