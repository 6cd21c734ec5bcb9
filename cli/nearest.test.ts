import { expect, test } from 'vitest';

import { nearest, unknown } from './nearest.ts';

const known = [
  'dma_fence_add_callback',
  'dma_fence_remove_callback',
  'dma_fence_signal',
  'dma_fence_signal_locked',
  'dma_resv_lock',
  'kfree',
];

test.each([
  ['dma_fence_add_callbak', ['dma_fence_add_callback']],
  ['add_callback', ['dma_fence_add_callback']],
  ['add_callbak', ['dma_fence_add_callback']],
  ['DMA_FENCE_SIGNAL', ['dma_fence_signal', 'dma_fence_signal_locked']],
  ['kfre', ['kfree']],
  ['kfee', ['kfree']],
  ['schedule', []],
  ['x', []],
  ['', []],
])('%j may have meant %j', (wanted, expected) => {
  expect(nearest(wanted, known)).toEqual(expected);
});

test('the message names what may have been meant', () => {
  expect(unknown('rule', 'FENCE-46', ['FENCE-046'])).toBe(
    "unknown rule 'FENCE-46'; did you mean FENCE-046?",
  );
  expect(unknown('rule', 'Q', ['FENCE-046'])).toBe("unknown rule 'Q'");
});
