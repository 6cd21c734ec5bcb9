/** A mutant that no test can notice, and why. */
export interface Equivalent {
  /** See `Mutant.key`. */
  readonly key: string;
  readonly why: string;
}

const TWICE_ASKED =
  'Task.observe() asks the same question again: what changes is the time that is spent on a note';
const TYPES_ONLY = 'the compiler is told what the lines before have made sure of';
const ASKS_THE_WORD =
  'isAboutToSleep() then asks the state word, which says that the task runs: the field saves that';
const UNHEARD =
  'an assertion too late to be heard: lock proving has reported who does not hold it, and is silent';
const INDEX_OF_NOTHING = 'the index means something only where time is left: nobody reads it here';

/** Each was read, beside the code that it changes. One that a test notices must not stand here. */
export const EQUIVALENT: readonly Equivalent[] = [
  {
    key: 'impl/dma-buf/dma-buf-access.ts EqualityOperator: left < 0 → left <= 0',
    why: 'where nothing is left, what is left and 0 are the same',
  },
  {
    key: 'impl/dma-buf/dma-buf-poll.ts ConditionalExpression: isFree → true',
    why: 'a slot has one event: one in use is written over with what it says',
  },
  {
    key: 'impl/dma-buf/dma-bufs.ts ConditionalExpression: ops === null → false #2',
    why: TYPES_ONLY,
  },
  {
    key: 'impl/dma-buf/dma-fence.ts BooleanLiteral: true → false',
    why: 'only removeCallback() asks, to assert it, and nobody gives it the node of a default wait',
  },
  {
    key: 'impl/dma-buf/fence-unwrap.ts AssignmentOperator: count += 1 → count -= 1 #2',
    why: 'of the count of a pass nobody asks more than whether it is 0',
  },
  {
    key: 'impl/dma-buf/fence-wait-any.ts ConditionalExpression: node === undefined → false',
    why: TYPES_ONLY,
  },
  {
    key:
      'impl/dma-buf/fence-wait-any.ts ConditionalExpression: ' +
      'node === undefined || fence === undefined → false',
    why: TYPES_ONLY,
  },
  { key: 'impl/dma-buf/fence-wait-any.ts UnaryOperator: -1 → +1', why: INDEX_OF_NOTHING },
  { key: 'impl/dma-buf/fence-wait-any.ts UnaryOperator: -1 → +1 #5', why: INDEX_OF_NOTHING },
  {
    key:
      'impl/kernel/alone.ts ConditionalExpression: ' +
      '!alarm.isSet || clock.alarms.firstDueNs() < alarm.dueNs → false',
    why:
      'what is due before was offered before; ' +
      'a wait for something else is given up later, as the same deadlock',
  },
  {
    key: 'impl/kernel/choices.ts ConditionalExpression: task !== undefined → true',
    why: TYPES_ONLY,
  },
  {
    key: 'impl/kernel/clock.ts ConditionalExpression: this.lane === null → false #2',
    why: 'without a lane no timer was ever armed: the next question ends there, too',
  },
  {
    key:
      'impl/kernel/lockdep-graph.ts BlockStatement: ' +
      '{ if (edge.to === lockClass) return (edge.kinds & dependencyOf(outer, n… → {}',
    why: 'what is known is looked at again: a cycle through it was reported when its last edge came',
  },
  {
    key: 'impl/kernel/lockdep-graph.ts ConditionalExpression: this.isNew(edge.to, isFree) → true',
    why:
      'a search goes again through what it has seen, and finds the shortest way first all the same; ' +
      'a way that came back to itself was reported when its last edge came',
  },
  {
    key: 'impl/kernel/lockdep-scene.ts BooleanLiteral: true → false',
    why: 'each call of a scene says first whether interrupts are on',
  },
  {
    key:
      'impl/kernel/lockdep.ts ConditionalExpression: ' +
      '((open | inside) & ~lock.lockClass.usage) !== 0 → true',
    why: 'note() asks the same question again',
  },
  {
    key: 'impl/kernel/lockdep.ts ConditionalExpression: this.lesson !== null → true',
    why: 'without a lesson nothing is learnt, and whoever calls has asked what is known',
  },
  {
    key: 'impl/kernel/memory.ts ConditionalExpression: this.freed > this.objects.length / 2 → true',
    why: 'freed objects are forgotten more often: only who shows a run looks for them in the list',
  },
  {
    key: 'impl/kernel/mutex.ts OptionalChaining: this.owner?.name → this.owner.name',
    why: 'a text that is asked for where a task waits for the mutex, which then has an owner',
  },
  {
    key: 'impl/kernel/plain.ts ConditionalExpression: world.tracksObservations → true',
    why: TWICE_ASKED,
  },
  {
    key: 'impl/kernel/plain.ts ConditionalExpression: world.tracksObservations → true #2',
    why: TWICE_ASKED,
  },
  { key: 'impl/kernel/sched.ts BooleanLiteral: false → true', why: ASKS_THE_WORD },
  { key: 'impl/kernel/sched.ts BooleanLiteral: false → true #3', why: ASKS_THE_WORD },
  {
    key: 'impl/kernel/sched.ts ConditionalExpression: state !== TASK_RUNNING → true #2',
    why: ASKS_THE_WORD,
  },
  {
    key: 'impl/kernel/store-buffer.ts ConditionalExpression: store === undefined → false',
    why: TYPES_ONLY,
  },
  {
    key: 'impl/kernel/world.ts AssignmentOperator: this.taskSteps += 1 → this.taskSteps -= 1',
    why: 'two moments are compared: they have the same number, or another one',
  },
  {
    key:
      'impl/kernel/ww-owner.ts ConditionalExpression: ' +
      'this.owner === task && (this.flags & PICKUP) === 0 → true',
    why: UNHEARD,
  },
  {
    key:
      'impl/kernel/ww-owner.ts LogicalOperator: ' +
      'this.owner === task && (this.flags & PICKUP) === 0 → ' +
      'this.owner === task || (this.flags & PICKUP) === 0',
    why: UNHEARD,
  },
  {
    key: 'impl/kernel/ww-queue.ts ConditionalExpression: waiter.context === null → false',
    why: TYPES_ONLY,
  },
];

export function isEquivalent(key: string): boolean {
  return EQUIVALENT.some((one) => one.key === key);
}
