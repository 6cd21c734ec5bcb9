import { claim, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { EIO } from './array-parts.ts';
import type { ArrayParts } from './array-parts.ts';
import { isIn } from './parts.ts';

const isPending = (value: unknown): boolean => isIn(value, 'completion', 'pending');

export function always({
  scope,
  array,
  own,
  leaves,
  faults,
  nodes,
  decided,
}: ArrayParts): readonly Claim[] {
  const isEnough = (done: readonly boolean[]): boolean =>
    scope.mode === 'all' ? done.every(Boolean) : done.some(Boolean);
  return [
    claim(
      'ARRAY-010 the array signals only when its leaves say so',
      [own, ...leaves],
      (fence, ...seen) =>
        isPending(fence.value) || isEnough(seen.map(({ value }) => !isPending(value))),
    ),
    claim(
      'array and own fence are done together',
      [array, own],
      (seen, fence) => isPending(fence.value) === isPending(seen.value),
    ),
    claim(
      'ARRAY-005 the marker is gone when the array is done',
      [own, decided],
      (fence, word) => isPending(fence.value) || word.value === 'set',
    ),
    claim(
      'ARRAY-016 an error of the array is one of a leaf',
      [array, ...faults],
      (seen, ...leaf) => seen.context.error >= 0 || leaf.some(({ value }) => value === 'set'),
    ),
    ...nodes.map((node) =>
      claim(
        'ARRAY-008 who has a callback of the array keeps it alive',
        [array, node],
        (seen, { value }) => !isIn(seen.value, 'life', 'freed') || value === 'off',
      ),
    ),
    // An unarmed poll forgets errors (ARRAY-015).
    ...(scope.mode === 'all' && !scope.isPolled
      ? [
          claim(
            'ARRAY-017 no error of a leaf is lost',
            [own, array, ...faults],
            (fence, seen, ...leaf) => {
              const isFailed = leaf.some(({ value }) => value === 'set');
              return isPending(fence.value) || !isFailed || seen.context.error === -EIO;
            },
          ),
        ]
      : []),
  ];
}

export function sometimes({
  scope,
  walker,
  worker,
  pollers,
  array,
  own,
  faults,
}: ArrayParts): readonly Claim[] {
  return [
    claim('ARRAY-009 the walk itself completes the array', [walker], ({ value }) => {
      return value === 'flagged';
    }),
    claim('ARRAY-010 the work completes the array', [worker], ({ value }) => value === 'flagged'),
    claim('ARRAY-016 the array has an error', [array], ({ context }) => context.error < 0),
    claim('ARRAY-020 the array is freed', [array], ({ value }) => isIn(value, 'life', 'freed')),
    ...pollers.flatMap((poller) => [
      claim('ARRAY-013 a poll completes the array', [poller], ({ value }) => value === 'flagged'),
      claim('ARRAY-013 a poll is faster than the work', [worker, poller], (late, early) => {
        return late.value === 'queued' && early.value === 'flagged';
      }),
      claim(
        'ARRAY-015 a poll forgets the error of a leaf',
        [own, array, ...faults],
        (fence, seen, ...leaf) =>
          !isPending(fence.value) && seen.context.error === 0 && leaf.every(isSet),
      ),
    ]),
    ...(scope.mode === 'any'
      ? [
          claim(
            'ARRAY-018 a late error is stamped on an array that a good leaf has completed',
            [array, ...faults],
            (seen, first, ...others) =>
              seen.context.error < 0 &&
              isIn(seen.value, 'work', 'queued') &&
              !isSet(first) &&
              others.some(isSet),
          ),
        ]
      : []),
  ];
}

const isSet = ({ value }: { readonly value: unknown }): boolean => value === 'set';

export function eventually({
  walker,
  worker,
  pollers,
  array,
  own,
  signallers,
}: ArrayParts): readonly Liveness[] {
  const isDone = claim('its own fence is done', [own], ({ value }) => !isPending(value));
  const leaves = signallers.map(({ name }) => name);
  // Whoever takes the lock of the array must give it back.
  const holders = [walker, worker, ...pollers].map(({ name }) => name);
  return [
    {
      name: 'the array signals',
      eventually: isDone,
      fair: weak(...holders, ...leaves),
    },
    {
      name: 'ARRAY-012 the work completes the array without anybody who asks',
      whenever: claim('it is queued', [array], ({ value }) => isIn(value, 'work', 'queued')),
      eventually: isDone,
      fair: weak(...holders),
    },
  ];
}
