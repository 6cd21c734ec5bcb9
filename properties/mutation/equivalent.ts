/** A mutant that no test can notice, and why. */
export interface Equivalent {
  /** See `Mutant.key`. */
  readonly key: string;
  readonly why: string;
}

const TWICE_ASKED =
  'Task.observe() asks the same question again: what changes is the time that is spent on a note';

/** Each was read, beside the code that it changes. One that a test notices must not stand here. */
export const EQUIVALENT: readonly Equivalent[] = [
  {
    key: 'impl/kernel/plain.ts ConditionalExpression: world.tracksObservations → true',
    why: TWICE_ASKED,
  },
  {
    key: 'impl/kernel/plain.ts ConditionalExpression: world.tracksObservations → true #2',
    why: TWICE_ASKED,
  },
  {
    key: 'impl/kernel/memory.ts ConditionalExpression: this.freed > this.objects.length / 2 → true',
    why: 'freed objects are forgotten more often: nobody looks for them in the list, which costs time',
  },
  {
    key: 'impl/kernel/mutex.ts OptionalChaining: this.owner?.name → this.owner.name',
    why: 'a text that is asked for where a task waits for the mutex, which then has an owner',
  },
];
