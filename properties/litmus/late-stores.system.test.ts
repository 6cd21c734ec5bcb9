import { expect, test } from 'vitest';
import { LITMUS } from './index.ts';
import { withMemory } from './memory/memory-litmus.ts';
import { EVERY_STATE, runLitmus } from './run-litmus.ts';

// Where stores can be late, the race windows end in the same ways as where they cannot: the kernel
// has a barrier wherever that would make a difference, and so have we. A program that ends in one
// more way here lacks a barrier, or its outcomes have to say which rule allows that.

test.each(LITMUS.map((tested) => [tested.id, tested] as const))('%s', (_id, tested) => {
  const late = { ...tested, program: withMemory(tested.program, 'tso') };
  const { missing, unexpected, findings, complete } = runLitmus(late, { schedules: EVERY_STATE });
  const messages = findings.map(({ judge, message }) => `${judge}: ${message}`);
  expect({ missing, unexpected, messages, complete }).toEqual({
    missing: [],
    unexpected: [],
    messages: [],
    complete: true,
  });
});
