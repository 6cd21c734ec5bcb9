import { describe, expect, test } from 'vitest';
import '../programs/operations/index.ts';
import { INTACT, type StackTypes } from '../../impl/stack.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import type { MemoryModel } from '../../impl/kernel/store-buffer.ts';
import { program } from '../programs/parse.ts';
import { explore } from '../run/explore.ts';
import { LockingJudge } from './locking.ts';

/** What the judge says about a fence whose error is set under its lock, in any schedule. */
function said(memory: MemoryModel, types: StackTypes): readonly string[] {
  const errors = program('errors', {
    world: { memory },
    setup: 'f = fence.create()',
    tasks: { A: 'fence.lock(f); fence.setError(f, -5); fence.unlock(f)', B: 'fence.getStatus(f)' },
  });
  const messages = new Set<string>();
  explore(
    errors,
    { kind: 'all', runsMax: 2000 },
    {
      types,
      judges: [() => new LockingJudge()],
      visit: ({ findings }) => {
        for (const { message } of findings) messages.add(message);
        return true;
      },
    },
  );
  return [...messages];
}

/** Interrupts come on while the error is stored, and go off again: under the lock, all of it. */
const OPENS: StackTypes = {
  ...INTACT,
  DmaFence: class extends INTACT.DmaFence {
    override *setError(error: number): KernelTask<void> {
      const { cpu } = this.world.current;
      cpu.irqsEnabled = true;
      yield* super.setError(error);
      cpu.irqsEnabled = false;
    }
  },
};

describe.each(['sc', 'tso'] as const)('with interrupts, where memory is %s', (memory) => {
  test('nothing is said of a store under the lock, whenever it lands', () => {
    expect(said(memory, INTACT)).toEqual([]);
  });

  test('a store with interrupts on is noticed, though they are off when it lands', () => {
    expect(said(memory, OPENS)).toEqual([
      'f: setError by A, which holds its lock with interrupts on',
    ]);
  });
});
