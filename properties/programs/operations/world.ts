import { looksAt } from '../looks-at.ts';
import { defineOperations } from '../operation.ts';
import { WorldView } from '../world-view.ts';
import { LOOK } from './inspect.ts';

/** The whole world at a moment, and what has changed in it since. */
defineOperations([
  {
    name: 'inspect.world',
    parameters: [],
    *run(environment, _args, out) {
      yield LOOK;
      const { world } = environment.stack;
      looksAt(...world.memory.live());
      environment.bind(out, new WorldView(world));
      return null;
    },
  },
  {
    // `nothing`, or the first few fields that are not as they were.
    name: 'inspect.changes',
    parameters: ['world'],
    *run(environment, args) {
      yield LOOK;
      const before = environment.find(args.text('world'), WorldView);
      const { world } = environment.stack;
      looksAt(...world.memory.live());
      return before.changes(new WorldView(world));
    },
  },
]);
