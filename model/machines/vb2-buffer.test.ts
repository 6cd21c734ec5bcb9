import { expect, test } from 'vitest';
import { LazyTable } from '../lazy-table.ts';
import { vb2BufferMachine } from './vb2-buffer.ts';

const table = new LazyTable(vb2BufferMachine({ planesMax: Infinity }));

/** `plane.acquire 1`: an event and its detail. */
function numberOf(text: string): number {
  const [name = '', detail] = text.split(' ');
  const taken = table.lifecycle.take({
    name: name as never, // The tests below name events of this machine only.
    result: null,
    detail: Number(detail ?? 0),
  });
  if (taken === null) throw new Error(`${text} is no event`);
  return table.event(taken.type, taken.detail);
}

function after(text: string): number | null {
  let state = table.initial;
  for (const event of text.split(', ')) {
    const step = table.next(state, numberOf(event));
    if (step === null) return null;
    state = step.state;
  }
  return state;
}

const OWN = 'alloc.mmap 1, prepare, prepared';
const TWO = 'alloc 2, prepare, plane.acquire 0';

test.each([
  [`${OWN}, queue, give, done, dequeue`, 'dequeued', false],
  [`${OWN}, queue, give, done.back`, 'queued', true],
  [`${OWN}, queue, unqueue`, 'dequeued', true],
  [`${OWN}, cancel`, 'dequeued', false],
  [`${TWO}, plane.share 1, prepared`, 'dequeued', true],
  [
    `${TWO}, plane.acquire 1, prepared, queue, give, done.error, dequeue, prepare`,
    'preparing',
    false,
  ],
])('%s: it is %s', (text, state, isPrepared) => {
  const end = after(text);
  expect(end).not.toBeNull();
  expect(table.view(end ?? -1)).toMatchObject({ state, context: { isPrepared } });
});

test.each([
  ['alloc 1', 'queue'],
  ['alloc 1', 'plane.acquire 0'],
  ['alloc 2, prepare', 'plane.share 0'],
  [TWO, 'prepared'],
  [TWO, 'prepare.failed'],
  [`${TWO}, plane.acquire 1`, 'plane.release 0'],
  [`${TWO}, plane.acquire 1, prepared`, 'prepare'],
  [`${TWO}, plane.acquire 1, prepared`, 'plane.release 1'],
  [`${OWN}, queue, give`, 'cancel'],
  [`${OWN}, queue`, 'done'],
  [`${OWN}, queue, give, done`, 'done.error'],
  [OWN, 'free'],
  ['alloc.mmap 1, prepare', 'free'],
])('behind %s there is no %s', (text, event) => {
  const state = after(text);
  expect(state).not.toBeNull();
  expect(table.next(state ?? -1, numberOf(event))).toBeNull();
});
