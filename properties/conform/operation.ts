import { z } from 'zod';

import type { KernelTask } from '../../impl/kernel/access.ts';
import type { Outcome } from './answer.ts';
import type { UserSpace } from './user-space.ts';

/** An operation whose arguments are checked, ready to run as the program. */
export type Call = (user: UserSpace) => KernelTask<Outcome>;

/** An operation that the replayer can perform. */
export interface Operation {
  readonly name: string;
  /** The call, or what is wrong with the arguments. `sub` is what a thread shall run. */
  prepare(args: unknown, sub: Call | null): Call | string;
}

/** Declares an operation: its arguments, and what it does. */
export function operation<Shape extends z.ZodRawShape>(
  name: string,
  shape: Shape,
  run: (
    user: UserSpace,
    args: z.infer<z.ZodObject<Shape, z.core.$strict>>,
    sub: Call | null,
  ) => KernelTask<Outcome>,
): Operation {
  const schema = z.strictObject(shape);
  return {
    name,
    prepare: (args, sub) => {
      const result = schema.safeParse(args);
      if (result.success) {
        const { data } = result;
        return (user) => run(user, data, sub);
      }
      const issue = result.error.issues[0];
      const at = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
      return `${name}: ${at}${issue?.message ?? 'wrong arguments'}`;
    },
  };
}

type Word = z.ZodDefault<z.ZodNumber>;

/** A number of a slot; one that no operation ever filled is legal. */
export const slot: z.ZodNumber = z.int();

/** A 32-bit field, with what an absent one reads. */
export function word(absent = 0): Word {
  return z.int().min(0).max(0xffffffff).default(absent);
}

/** A signed number, with what an absent one reads. */
export function integer(absent = 0): Word {
  return z.int().default(absent);
}

/** More bytes than any program moves at once. */
const LENGTH_MAX = 16 * 1024;

/** How many bytes to move. */
export function byteCount(absent: number): Word {
  return z.int().min(0).max(LENGTH_MAX).default(absent);
}
