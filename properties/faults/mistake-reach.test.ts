import { expect, test } from 'vitest';
import { INTACT, type StackTypes } from '../../impl/stack.ts';
import '../programs/operations/index.ts';
import { program } from '../programs/parse.ts';
import { explore } from '../run/explore.ts';
import { MistakeReach } from './mistake-reach.ts';

/** Whether a program comes to a mistake, which is in these classes. */
function comesTo(broken: Partial<StackTypes>, task: string): boolean {
  const reach = new MistakeReach({ ...INTACT, ...broken });
  const one = program('one', { setup: 'f = fence.create()', tasks: { A: task } });
  const { types } = reach;
  explore(one, { kind: 'all', runsMax: 1 }, { types, judges: [], visit: () => true });
  return reach.takeReached();
}

const METHOD = {
  DmaFence: class extends INTACT.DmaFence {
    override *signal(): ReturnType<InstanceType<StackTypes['DmaFence']>['signal']> {
      return yield* super.signal();
    }
  },
};

test('a method that was replaced is reached where it is called, and only there', () => {
  expect(comesTo(METHOD, 'fence.signal(f)')).toBe(true);
  expect(comesTo(METHOD, 'fence.isSignaled(f)')).toBe(false);
  expect(comesTo({}, 'fence.signal(f)')).toBe(false);
});

test('the code of a class between the mistake and the base counts as the mistake', () => {
  const DmaFence = class extends METHOD.DmaFence {
    override *isSignaled(): ReturnType<InstanceType<StackTypes['DmaFence']>['isSignaled']> {
      return yield* super.isSignaled();
    }
  };
  expect(comesTo({ DmaFence }, 'fence.signal(f)')).toBe(true);
  expect(comesTo({ DmaFence }, 'fence.isSignaled(f)')).toBe(true);
});

test('a class without methods of its own is wrong in how its objects are made', () => {
  const DmaFence = class extends INTACT.DmaFence {};
  expect(comesTo({ DmaFence }, 'fence.isSignaled(f)')).toBe(true);
});

test('what is no class of the stack itself may be anywhere', () => {
  const broken: Partial<StackTypes> & { readonly drivers: object } = { drivers: {} };
  expect(comesTo(broken, 'fence.isSignaled(f)')).toBe(true);
});

test('who asks begins anew', () => {
  const reach = new MistakeReach({ ...INTACT, ...METHOD });
  expect(reach.takeReached()).toBe(false);
  expect(new MistakeReach(INTACT).types).toEqual(INTACT);
});
