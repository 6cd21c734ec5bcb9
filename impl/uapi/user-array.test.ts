import { expect, test } from 'vitest';
import { UserArray } from './user-array.ts';

test('what was not filled in reads 0, and what is not mapped is not read', () => {
  const array = new UserArray([7], 6);
  array.write(3, 9n);
  expect(array.read(5)).toEqual([7n, 0n, 0n, 9n, 0n]);
  expect(array.read(0)).toEqual([]);
  expect(array.read(-1)).toEqual([]);
  expect(array.read(7)).toBeNull();
});

test('a count that no memory has room for reads nothing', () => {
  expect(new UserArray([7]).read(2 ** 32)).toBeNull();
});
