import type { Trace } from '../../traces/trace.ts';
import type { MatrixReport } from '../fault-matrix/shown.ts';
import type { ProgramCounts } from '../conform/conform.ts';
import type { Finding } from '../run/finding.ts';
import type { Versions } from '../versions.ts';
import type { Failure } from './found.ts';
import type { RuleStatus } from './coverage.ts';
import type { ProgramReach, RuleReach } from './reach.ts';

/** A finding of `check`, as the search met it. */
export interface Met {
  readonly finding: Finding;
  /** The property, litmus program, scenario or campaign that met it. */
  readonly source: string;
  /** The failing run; null when it takes several runs to see what is wrong. */
  readonly failure: Failure | null;
}

/** A finding with its counterexample; only the first ones get one, the others say where they are. */
export interface Reported {
  readonly finding: Finding;
  readonly source: string;
  readonly trace: Trace | null;
}

/** One machine of the model, or a network of machines. */
export interface SystemReport {
  readonly name: string;
  readonly states: number;
  readonly edges: number;
  readonly depth: number;
  /** Every reachable state was searched. */
  readonly complete: boolean;
  /** Which limits ended the search, or left something out of it. */
  readonly limits: readonly string[];
  /** What this system does not claim, and which one does. */
  readonly notes: readonly string[];
  /** What is claimed of it; nothing of a single machine. */
  readonly properties: readonly SystemProperty[];
}

/** One claim on a system. */
export interface SystemProperty {
  readonly name: string;
  /** `always`, `sometimes`, `eventually`, or `deadlock`. */
  readonly kind: string;
  /** `holds`, `violated`, or `partial` when a limit has left it open. */
  readonly status: string;
  /** Of `eventually`: from where on it is called for; null from the start. */
  readonly whenever: string | null;
  /** Of `eventually`: components and families of moves that do not wait for ever. */
  readonly fair: readonly { readonly group: string; readonly fairness: string }[];
}

/** Litmus programs, and those that ended in exactly the ways that are listed. */
export interface Reproduced {
  readonly total: number;
  readonly reproduced: number;
}

/** Scenarios, and those that nothing was found wrong with. */
export interface ScenariosReport {
  readonly total: number;
  readonly held: number;
  /** With something done wrong, and those that broke what they name; null: not tried. */
  readonly variants: { readonly total: number; readonly broken: number } | null;
  /** How far the schedules of each play were explored; null stands for chance alone. */
  readonly plays: readonly ProgramReach[];
}

/** Programs about memory itself, in each memory model. */
export interface MemoryReport {
  readonly sc: Reproduced;
  readonly tso: Reproduced;
  /** The programs of the race windows, where stores can be late. */
  readonly windows: Reproduced;
  /** Programs that the Linux memory model lets end in more ways than any world here does. */
  readonly notModelled: number;
}

/** What `check --json` writes. Equal options give equal bytes. */
export interface CheckReport {
  readonly versions: Versions;
  readonly seed: number;
  readonly pattern: string | null;
  readonly fault: string | null;
  readonly rules: { readonly total: number; readonly checked: number; readonly unchecked: number };
  readonly families: readonly FamilyReport[];
  readonly ruleStates: readonly RuleStatus[];
  readonly litmus: Reproduced & {
    /** Null where memory was not asked for. */
    readonly memory: MemoryReport | null;
  };
  /** Null where none was asked for. */
  readonly scenarios: ScenariosReport | null;
  readonly systems: readonly SystemReport[];
  readonly paths: { readonly transitions: number; readonly walked: number } | null;
  readonly recordings: RecordingsReport | null;
  readonly faults: { readonly total: number; readonly caught: number } | null;
  /** Null where only a part of the properties was asked for. */
  readonly matrix: MatrixReport | null;
  /** How far the schedules of each program of the properties were explored. */
  readonly schedules: readonly RuleReach[];
  /** Drawn programs. */
  readonly programs: number;
  readonly runs: number;
  readonly steps: number;
  /** Of the runs: random ones before a search that is exhaustive within its bounds. */
  readonly sampled: number;
  readonly findings: readonly Reported[];
  /** Witnesses that were not reached, faults that survived: a check that cannot fail. */
  readonly weak: readonly string[];
  /** What was left out of this run, and why. */
  readonly partial: readonly string[];
}

export interface FamilyReport {
  readonly family: string;
  readonly total: number;
  readonly checked: number;
}

/** Agreement with the answers of a real kernel. */
export interface RecordingsReport {
  readonly programs: number;
  readonly agreed: number;
  readonly disagreed: number;
  readonly cut: number;
  readonly operations: {
    readonly agreed: number;
    readonly reached: number;
    readonly total: number;
  };
  readonly byTheme: Readonly<Record<string, ProgramCounts>>;
  /** How many programs each operation that is not built has cut. */
  readonly cutBy: Readonly<Record<string, number>>;
}

/** What one stage of `check` adds. */
export interface StageResult {
  readonly runs: number;
  readonly steps: number;
  /** Of the runs: random ones before a search; none, when the stage does not search. */
  readonly sampled?: number;
  readonly findings: readonly Met[];
  readonly weak: readonly string[];
  readonly partial: readonly string[];
}
