import { z } from 'zod';

import type { Collections } from './collections.ts';

/** What a call is given: a number, a name of an object of the program, or a list of these. */
export type Argument = string | number | boolean | null | readonly (string | number | null)[];

/** One call of a program. */
export interface Call {
  readonly op: string;
  readonly args: Readonly<Record<string, Argument>>;
  /** The name under which later calls find what this call makes. */
  readonly out?: string;
}

/** What one task does, call after call. Tasks with the same `cpu` share a processor. */
export interface ProgramTask {
  readonly name: string;
  readonly context: 'process' | 'hardirq';
  readonly cpu: number;
  readonly calls: readonly Call[];
  /** Whose thread it is; absent: of the process that ran the set-up. */
  readonly process?: string;
}

/** The machine that a program runs on, and what nature may do there. */
export interface ProgramWorld {
  readonly time: 'discrete' | 'free';
  /** Unit: allocations that may fail. */
  readonly failuresMax: number;
  /** Unit: signals that may interrupt a sleep. */
  readonly interruptionsMax: number;
  readonly lockProving: boolean;
  /** `tso`: stores may be seen late. Absent: never, as with `sc`. */
  readonly memory?: 'sc' | 'tso';
}

/** Calls per task, with what happens before the tasks start and after they ended. */
export interface Program {
  readonly name: string;
  /** The rule that the program was written for, if there is one. */
  readonly rule: string | null;
  readonly world: ProgramWorld;
  readonly setup: readonly Call[];
  readonly tasks: readonly ProgramTask[];
  readonly teardown: readonly Call[];
  /** Tasks that may wait for ever. */
  readonly mayBlock?: readonly string[];
}

/** A number that counts something. */
export const COUNT: z.ZodType<number> = z.int().min(0);

/** A rule's id: it becomes part of file names. */
export const RULE_ID: z.ZodType<string> = z.string().regex(/^[A-Z0-9][A-Z0-9-]{0,31}$/, {
  error: 'expected a rule id such as "FENCE-046"',
});

const LISTED = z.union([z.string(), z.number(), z.null()], {
  error: 'expected a text, a number or null',
});

const WORLD = z.strictObject({
  time: z.enum(['discrete', 'free']),
  failuresMax: COUNT,
  interruptionsMax: COUNT,
  lockProving: z.boolean(),
  memory: z.exactOptional(z.enum(['sc', 'tso'])),
  moveNotify: z.exactOptional(z.boolean()),
  schedulerQuirks: z.exactOptional(z.boolean()),
  wwInjection: z.exactOptional(z.boolean()),
  execClaimsByName: z.exactOptional(z.boolean()),
  hardwareFaultsMax: z.exactOptional(COUNT),
});

function callSchema({ list, dictionary }: Collections): z.ZodType<Call> {
  const argument = z.union([z.string(), z.number(), z.boolean(), z.null(), list(LISTED)], {
    error: 'expected a text, a number, true, false, null or a list of texts, numbers and nulls',
  });
  return z.strictObject({
    op: z.string().min(1),
    args: dictionary(argument),
    out: z.exactOptional(z.string().min(1)),
  });
}

/** Programs as data. */
export function programSchema(collections: Collections): z.ZodType<Program> {
  const { list } = collections;
  const calls = list(callSchema(collections));
  return z.strictObject({
    name: z.string(),
    rule: RULE_ID.nullable(),
    world: WORLD,
    setup: calls,
    tasks: list(
      z.strictObject({
        name: z.string().min(1),
        context: z.enum(['process', 'hardirq']),
        cpu: COUNT,
        calls,
        process: z.exactOptional(z.string().min(1)),
      }),
    ),
    teardown: calls,
    mayBlock: z.exactOptional(list(z.string())),
  });
}
