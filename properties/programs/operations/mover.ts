import type { TtmLocation } from '../../../impl/drm/ttm/ttm-memory.ts';
import type { StateVisitor } from '../../../impl/kernel/object.ts';
import type { Environment } from '../environment.ts';
import { MoverBench } from '../mover-bench.ts';
import { type Arguments, defineOperations } from '../operation.ts';
import { ttmObjectOf } from './ttm.ts';

/** A place that a program remembers. */
class Remembered {
  readonly bench: MoverBench;
  readonly location: TtmLocation;

  constructor(bench: MoverBench, location: TtmLocation) {
    this.bench = bench;
    this.location = location;
  }

  visitState(visit: StateVisitor): void {
    visit('memory', this.location.memory);
    visit('first', this.location.first);
  }
}

/** Where an object is now. */
function placeOf(environment: Environment, args: Arguments): Remembered {
  const object = ttmObjectOf(environment, args);
  const bench = environment.find(`${args.text('device')}.bench`, MoverBench);
  const location = bench.placeOf(object);
  if (location === null)
    return environment.stack.world.fault('bug', 'an object is nowhere', object);
  return new Remembered(bench, location);
}

/** Objects whose content a copying engine moves. */
defineOperations([
  {
    // A device with so many pages of its own; all calls about objects that move work on it.
    name: 'mover.create',
    parameters: ['vram'],
    *run(environment, args, out) {
      const bench = new MoverBench(environment.stack, args.number('vram', 1));
      const error = yield* bench.probe();
      environment.bind(out, bench.device);
      if (out !== null) environment.bind(`${out}.bench`, bench);
      environment.ownToTheEnd(bench, () => bench.remove());
      return error;
    },
  },
  {
    // Where an object is: the place stays the same when it moves.
    name: 'mover.place',
    parameters: ['device', 'object'],
    *run(environment, args, out) {
      environment.bind(out, placeOf(environment, args));
      return null;
    },
  },
  {
    // A processor draws into a place.
    name: 'mover.paint',
    parameters: ['place', 'version'],
    *run(environment, args) {
      const { bench, location } = environment.find(args.text('place'), Remembered);
      yield* bench.paint(location, args.number('version'));
      return null;
    },
  },
  {
    // The machine has used all memory of the device before.
    name: 'mover.soil',
    parameters: ['device'],
    *run(environment, args) {
      yield* environment.find(`${args.text('device')}.bench`, MoverBench).soil();
      return null;
    },
  },
  {
    // What an object's first and last line hold: `client v0 f7 l0, client v0 f7 l63`.
    name: 'mover.look',
    parameters: ['device', 'object'],
    *run(environment, args) {
      const { bench, location } = placeOf(environment, args);
      return bench.text(location);
    },
  },
]);
