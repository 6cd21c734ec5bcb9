import { expect, test } from 'vitest';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { Cell } from '../../../impl/kernel/cell.ts';
import { Flags, type FlagWait } from '../../../impl/kernel/flags.ts';
import { KernelObject, type StateVisitor } from '../../../impl/kernel/object.ts';
import type { World } from '../../../impl/kernel/world.ts';
import { ScheduleTree } from '../../schedules/tree.ts';
import { BareSubject } from '../bare-subject.ts';
import { runUnder } from '../drive.ts';
import type { Execution } from '../subject.ts';
import { searchTree } from '../tree-search.ts';
import { searchStates } from './search.ts';

class Board extends KernelObject {
  /** Who has asked for memory. */
  readonly asked: Flags = new Flags(this, 'asked');
  /** Who got none, as bits. */
  readonly refused: Cell = new Cell(this, 'refused', 0);

  constructor(world: World) {
    super(world, 'board');
  }

  visitState(visit: StateVisitor): void {
    visit('asked', this.asked.bits);
    visit('refused', this.refused.value);
  }
}

/** Asks for memory, and goes on when the other one has asked, too. */
function* ask(board: Board, bit: number, others: FlagWait): KernelTask<void> {
  const isGranted = yield* board.world.memory.reserve('GFP_ATOMIC');
  yield* board.asked.set(bit);
  yield* board.asked.waitFor(others);
  if (!isGranted) yield* board.refused.fetchAdd(bit);
}

/** Two that ask, and who of them can be refused when nature refuses at most `failuresMax`. */
function refusals(
  failuresMax: number,
  search: (subject: BareSubject, visit: (run: Execution) => true) => void,
): readonly number[] {
  let board: Board | null = null;
  const start = (world: World): void => {
    const made = new Board(world);
    board = made;
    for (const bit of [1, 2]) {
      world.addTask(`task ${bit}`).start(ask(made, bit, made.asked.waiterFor(3 - bit, 'wait for')));
    }
  };
  const seen = new Set<number>();
  search(new BareSubject(start, { failuresMax, tracksObservations: true }), () => {
    if (board !== null) seen.add(board.refused.value);
    return true;
  });
  return [...seen].toSorted((a, b) => a - b);
}

test.each([
  [0, [0]],
  [1, [0, 1, 2]],
  [2, [0, 1, 2, 3]],
])('what an allocation answered is part of the state: %d refused at most', (most, expected) => {
  const all = refusals(most, (subject, visit) => {
    searchTree((strategy) => runUnder(subject, strategy), new ScheduleTree(Infinity), 9999, visit);
  });
  expect(all).toEqual(expected);
  const states = refusals(most, (subject, visit) => {
    expect(searchStates(subject, { statesMax: 999, visit }).isComplete).toBe(true);
  });
  expect(states).toEqual(expected);
});
