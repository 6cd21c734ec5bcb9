import { defineOperations } from '../operation.ts';

/** Comparing fences of one context. */
defineOperations([
  {
    name: 'fence.isLater',
    parameters: ['first', 'second'],
    *run(environment, args) {
      const first = environment.fence(args.text('first'));
      const second = environment.fence(args.text('second'));
      return environment.stack.fences.isLater(first, second);
    },
  },
  {
    name: 'fence.isLaterOrSame',
    parameters: ['first', 'second'],
    *run(environment, args) {
      const first = environment.fence(args.text('first'));
      const second = environment.fence(args.text('second'));
      return environment.stack.fences.isLaterOrSame(first, second);
    },
  },
  {
    // The name of the later one; `none` when it is signaled.
    name: 'fence.later',
    parameters: ['first', 'second'],
    *run(environment, args) {
      const first = environment.fence(args.text('first'));
      const second = environment.fence(args.text('second'));
      const later = yield* environment.stack.fences.later(first, second);
      return later === null ? 'none' : later.label;
    },
  },
]);
