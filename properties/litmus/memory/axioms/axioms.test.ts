import { describe, expect, test } from 'vitest';
import { MEMORY_LITMUS } from '../index.ts';
import { allowedOutcomes } from './outcomes.ts';

// What is written beside each program, held against memory models that run nothing: they look for
// cycles in who reads from whom. So the outcomes do not come from the machine that is tested.

describe.each(MEMORY_LITMUS.map((tested) => [tested.id, tested] as const))('%s', (_id, tested) => {
  const texts = (list: readonly { readonly text: string }[]): readonly string[] =>
    list.map(({ text }) => text).toSorted();

  test.each(['sc', 'tso'] as const)('has the outcomes that the axioms of %s allow', (model) => {
    expect([...allowedOutcomes(tested, model)].toSorted()).toEqual(texts(tested.outcomes[model]));
  });

  test('leaves out exactly what the Linux memory model allows besides', () => {
    const linux = allowedOutcomes(tested, 'lkmm');
    const modelled = new Set(texts(tested.outcomes.tso));
    expect([...linux].filter((text) => !modelled.has(text)).toSorted()).toEqual(
      texts(tested.notModelled),
    );
    // Linux runs on x86: it forbids nothing that happens there.
    expect([...modelled].filter((text) => !linux.has(text))).toEqual([]);
  });
});
