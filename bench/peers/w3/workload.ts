import { PRODUCT, type Workload } from '../peer.ts';
import { sampler, searcher, spin } from '../tools.ts';
import { W3_SIZES, w3SizeOf } from './size.ts';

/** States that SPIN finds; it counts the ends of its processes, too. */
const SPIN_STATES: Readonly<Record<string, number>> = {
  '2x2': 55,
  '2x3': 85,
  '3x2': 356,
  '3x3': 705,
};

/** Tasks take all locks, each in its own order, and back off from older ones. */
export const W3: Workload = {
  name: 'w3',
  sizes: Object.keys(W3_SIZES),
  usualSize: '3x3',
  peersOf: (name) => {
    const { tasks, locks } = w3SizeOf(name);
    const states = SPIN_STATES[name];
    return [
      searcher(PRODUCT, 'w3/product', ['states', name]),
      sampler(PRODUCT, 'w3/product', ['random', name]),
      spin({
        file: ['w3', 'w3.pml'],
        defines: [`T=${tasks}`, `L=${locks}`],
        hashBits: 18,
        expected: states === undefined ? {} : { states },
      }),
      sampler('fast-check', 'w3/fast-check', [name]),
      sampler('plain-loop', 'w3/plain-loop', [name]),
    ];
  },
};
