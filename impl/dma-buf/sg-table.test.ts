import { expect, test } from 'vitest';
import { World } from '../kernel/world.ts';
import { PAGE_SIZE } from '../uapi/pages.ts';
import { type SgSegment, SgTable } from './sg-table.ts';

function covers(size: number, ...segments: readonly SgSegment[]): boolean {
  return new SgTable(new World(), segments).covers(size);
}

const at = (dmaAddress: number, length: number): SgSegment => ({ dmaAddress, length });

test('a table covers what its segments add up to, and no more', () => {
  const whole = [at(0, PAGE_SIZE), at(8 * PAGE_SIZE, 2 * PAGE_SIZE)];
  expect(covers(3 * PAGE_SIZE, ...whole)).toBe(true);
  expect(covers(3 * PAGE_SIZE + 1, ...whole)).toBe(false);
});

test('one segment that begins or ends within a page is enough to cover nothing', () => {
  const page = at(0, PAGE_SIZE);
  expect(covers(PAGE_SIZE, page, at(PAGE_SIZE + 512, PAGE_SIZE))).toBe(false);
  expect(covers(PAGE_SIZE, page, at(PAGE_SIZE, 512))).toBe(false);
  expect(covers(PAGE_SIZE, page, at(PAGE_SIZE, PAGE_SIZE))).toBe(true);
});
