import { expect, test } from 'vitest';
import * as errno from './errno.ts';

const { errnoName } = errno;
const NUMBERS = Object.entries(errno).flatMap(([name, value]) =>
  /^E[A-Z]+$/.test(name) && typeof value === 'number' ? [{ name, value }] : [],
);

test('every error has its name', () => {
  expect(NUMBERS.length).toBeGreaterThan(25);
  expect(NUMBERS.map(({ value }) => errnoName(-value))).toEqual(
    NUMBERS.map(({ name }) => `-${name}`),
  );
});

test('other numbers read as they are, and so does what is no error', () => {
  expect([errnoName(-9999), errnoName(0), errnoName(errno.EINVAL)]).toEqual(['-9999', '0', '22']);
});
