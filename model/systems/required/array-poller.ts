import { and, assign, not, setup } from 'xstate';
import { questions, systemMachine } from '../machine.ts';
import type { SystemEvent, SystemMachine } from '../machine.ts';
import { range } from '../network.ts';
import { LEAVING, leaving } from './array-tasks.ts';

/** A poll of the array: where it is, and how many leaves it still has to find done. */
interface Poll {
  readonly leaf: number;
  readonly missing: number;
}

function setUp(leaves: number) {
  return setup({
    types: {
      context: {} as Poll,
      events: {} as { type: string; leaf: number; value: number },
    },
    actions: {
      ...questions,
      remember: assign({ missing: ({ event }) => event.value }),
      next: assign({ leaf: ({ context }) => context.leaf + 1 }),
      countNext: assign(({ context: { leaf, missing } }) => ({
        leaf: leaf + 1,
        missing: missing - 1,
      })),
      forget: assign({ leaf: 0, missing: 0 }),
    },
    guards: {
      isAt: ({ context, event }) => context.leaf === event.leaf,
      isLast: ({ context }) => context.leaf === leaves - 1,
      isNeeded: ({ context }) => context.missing === 1,
      isMissing: ({ context }) => context.missing > 0,
    },
  });
}

/** Who polls an array once: it reads the counter, then whether the array is enabled. */
export function pollerMachine(leaves: number, needed: number): SystemMachine<Poll> {
  const machine = setUp(leaves).createMachine({
    id: 'poller',
    initial: 'away',
    context: { leaf: 0, missing: 0 },
    states: {
      away: { on: { init: 'reading' } },
      reading: { on: { seesDone: 'leaving', read: { target: 'asking', actions: 'remember' } } },
      asking: {
        on: {
          isArmed: [
            { guard: 'isMissing', target: 'failing', actions: 'forget' },
            { target: 'deciding', actions: 'forget' },
          ],
          isUnarmed: 'looking',
        },
      },
      /** Not enabled: the leaves themselves are asked, all of them. */
      looking: {
        on: {
          leafDone: [
            { guard: and(['isAt', 'isNeeded']), target: 'deciding', actions: 'forget' },
            { guard: and(['isAt', 'isLast']), target: 'failing', actions: 'forget' },
            { guard: 'isAt', actions: 'countNext' },
          ],
          leafPending: [
            { guard: and(['isAt', 'isLast']), target: 'failing', actions: 'forget' },
            { guard: and(['isAt', not('isLast')]), actions: 'next' },
          ],
        },
      },
      failing: { on: { isPending: 'leaving' } },
      deciding: { on: { clear: 'telling', keepError: 'telling' } },
      telling: { on: { isDone: 'locking' } },
      locking: { on: { acquire: 'locked' } },
      locked: { on: { signal: 'flagged', late: 'ending' } },
      flagged: { on: { stamp: 'ending' } },
      ending: { on: { release: 'leaving' } },
      leaving,
      finished: { id: 'finished' },
    },
  });
  const plain = ['init', 'seesDone', 'isArmed', 'isUnarmed', 'isPending', 'clear', 'keepError'];
  const after = ['isDone', 'acquire', 'signal', 'late', 'stamp', 'release'];
  // In any-mode the counter goes below zero.
  const values = range(leaves + 1).map((step) => needed - step);
  return systemMachine(machine, [
    ...[...plain, ...after, ...LEAVING].map((type) => ({ type })),
    ...values.map((value): SystemEvent => ({ type: 'read', value })),
    ...['leafDone', 'leafPending'].flatMap((type) =>
      range(leaves).map((leaf): SystemEvent => ({ type, leaf })),
    ),
  ]);
}
