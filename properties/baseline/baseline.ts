import { z } from 'zod';
import type { MachineBaseline } from './machine-baseline.ts';

/** What is there of something, and how much of it was done. */
export interface Counted {
  readonly total: number;
  readonly done: number;
}

/** A network of machines, and what was found of it. */
export interface SystemBaseline {
  readonly states: number;
  readonly edges: number;
  readonly depth: number;
  readonly isComplete: boolean;
  /** By `always one owner`: holds, violated or partial. */
  readonly properties: Readonly<Record<string, string>>;
  /** See `networkText`. */
  readonly network: string;
}

export interface RuleBaseline {
  readonly state: string;
  /** The properties that check it, each by the first line of its plan. */
  readonly properties: readonly string[];
  /** How often its interesting cases were reached, rounded; see `roundedDown`. */
  readonly witnesses: Readonly<Record<string, number>>;
  /** Seeded faults whose finding names it. */
  readonly faults: readonly string[];
}

/** A fault of the public catalogue. */
export interface FaultBaseline {
  /** The rule, or litmus program, whose program shows it; null: not caught. */
  readonly caughtBy: string | null;
  readonly rules: readonly string[];
  readonly tasks: number | null;
  readonly steps: number | null;
  readonly preemptions: number | null;
}

export interface ScenarioBaseline {
  readonly isHeld: boolean;
  /** How many of its variants break what they name. */
  readonly variantsBroken: number;
}

type ByName<Value> = Readonly<Record<string, Value>>;

const BASELINE_FORMAT = 'dmabuf-verify-baseline';
const BASELINE_VERSION = 1;

/** What `audit` compares with: everything that the suite guarantees, and nothing about speed. */
export interface Baseline {
  readonly format: typeof BASELINE_FORMAT;
  readonly version: typeof BASELINE_VERSION;
  /** Hash of the rules' texts. */
  readonly spec: string;
  /** Bounded machines in words. */
  readonly machines: ByName<MachineBaseline>;
  readonly systems: ByName<SystemBaseline>;
  /** By program, then by world: the ways to end that were seen. */
  readonly litmus: ByName<ByName<readonly string[]>>;
  readonly rules: ByName<RuleBaseline>;
  readonly faults: ByName<FaultBaseline>;
  /** Transitions of each machine, and those that the implementation was seen to take. */
  readonly paths: ByName<Counted>;
  /** Programs of each theme that a real kernel has answered, and those that agree. */
  readonly recordings: ByName<Counted>;
  readonly scenarios: ByName<ScenarioBaseline>;
  /** Rows of the fault matrix that were shown with and without their mitigation. */
  readonly matrix: readonly string[];
}

export const BASELINE_HEAD: Pick<Baseline, 'format' | 'version'> = {
  format: BASELINE_FORMAT,
  version: BASELINE_VERSION,
};

const TEXT = z.string();
const COUNTED = z.strictObject({ total: z.int(), done: z.int() });

/** Checks a baseline that was read. */
export const BASELINE: z.ZodType<Baseline> = z.strictObject({
  format: z.literal(BASELINE_FORMAT),
  version: z.literal(BASELINE_VERSION),
  spec: TEXT,
  machines: z.record(
    TEXT,
    z.strictObject({
      fingerprint: TEXT,
      initial: TEXT,
      states: z.record(TEXT, z.strictObject({ shows: TEXT, on: z.record(TEXT, TEXT) })),
    }),
  ),
  systems: z.record(
    TEXT,
    z.strictObject({
      states: z.int(),
      edges: z.int(),
      depth: z.int(),
      isComplete: z.boolean(),
      properties: z.record(TEXT, TEXT),
      network: TEXT,
    }),
  ),
  litmus: z.record(TEXT, z.record(TEXT, z.array(TEXT))),
  rules: z.record(
    TEXT,
    z.strictObject({
      state: TEXT,
      properties: z.array(TEXT),
      witnesses: z.record(TEXT, z.int()),
      faults: z.array(TEXT),
    }),
  ),
  faults: z.record(
    TEXT,
    z.strictObject({
      caughtBy: TEXT.nullable(),
      rules: z.array(TEXT),
      tasks: z.int().nullable(),
      steps: z.int().nullable(),
      preemptions: z.int().nullable(),
    }),
  ),
  paths: z.record(TEXT, COUNTED),
  recordings: z.record(TEXT, COUNTED),
  scenarios: z.record(TEXT, z.strictObject({ isHeld: z.boolean(), variantsBroken: z.int() })),
  matrix: z.array(TEXT),
});
