import { expect, test } from 'vitest';
import { Stack } from '../stack.ts';

function heldBy(stack: Stack): readonly string[] {
  return stack.world.current.held.map(({ label }) => label);
}

test('without cookies, too, the outermost section gives back what it has recorded', () => {
  const stack = new Stack();
  const { fences } = stack;
  expect([fences.beginSignalling(), fences.beginSignalling()]).toEqual([false, true]);
  fences.endSignalling();
  expect(heldBy(stack)).toEqual(['dma_fence_map']);
  fences.endSignalling();
  expect(heldBy(stack)).toEqual([]);
  expect(stack.world.violations).toEqual([]);
});

test('a section that recorded nothing gives nothing back', () => {
  const stack = new Stack({ lockProving: false });
  expect(stack.fences.beginSignalling()).toBe(true);
  stack.fences.endSignalling();
  expect([heldBy(stack), stack.world.violations]).toEqual([[], []]);
});
