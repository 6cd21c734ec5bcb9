import { receiveMessageOnPort, workerData } from 'node:worker_threads';
import { compileShared } from '../compile.ts';
import { AT, PHASE } from './board.ts';
import type { Phase, SharedMemory } from './board.ts';
import { waitForChange, work } from './gang.ts';
import type { ThreadData } from './gang.ts';

// One of the threads of a search: what it does, phase by phase, the main thread says.

function main({ program, board, port }: ThreadData): void {
  const code = compileShared(program);
  let bound = 0;
  for (let turn = 0; ; turn += 1) {
    if (!waitForChange(board, AT.turn, turn)) return;
    // The main thread writes only the numbers of `PHASE`.
    const phase = board[AT.phase] as Phase;
    if (phase === PHASE.end) return;
    for (; bound < Atomics.load(board, AT.bound); bound += 1) {
      // All that comes through this port is memory.
      code.bind(receiveMessageOnPort(port)?.message as SharedMemory);
    }
    work(board, code, phase);
    Atomics.add(board, AT.done, 1);
    Atomics.notify(board, AT.done);
  }
}

// The gang that started this thread gives exactly these.
const data = workerData as ThreadData;
try {
  main(data);
} catch (error) {
  data.port.postMessage(error instanceof Error ? error.stack : String(error));
  Atomics.store(data.board, AT.failed, 1);
  Atomics.add(data.board, AT.done, 1);
  Atomics.notify(data.board, AT.done);
}
