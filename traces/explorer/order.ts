import { z } from 'zod';

/** Whole numbers as pages send them. */
const NUMBER = z.int().min(0);

/**
 * What a page can ask for. `position` says of a choice where it was offered: what a person pressed
 * twice, or on a page that is old by now, must not choose among others.
 */
export type Order =
  | { readonly kind: 'choose'; readonly choice: number; readonly position: number }
  | { readonly kind: 'jump'; readonly position: number }
  | { readonly kind: 'preemption'; readonly task: string }
  | { readonly kind: 'find' }
  | { readonly kind: 'save'; readonly as: 'trace' | 'litmus' };

export const ORDER: z.ZodType<Order> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('choose'), choice: NUMBER, position: NUMBER }),
  z.strictObject({ kind: z.literal('jump'), position: NUMBER }),
  z.strictObject({ kind: z.literal('preemption'), task: z.string().min(1).max(200) }),
  z.strictObject({ kind: z.literal('find') }),
  z.strictObject({ kind: z.literal('save'), as: z.enum(['trace', 'litmus']) }),
]);
