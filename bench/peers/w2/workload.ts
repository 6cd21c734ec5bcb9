import { PRODUCT, type Workload } from '../peer.ts';
import { sampler, searcher, spin } from '../tools.ts';
import { W2_SIZES, w2SizeOf } from './size.ts';

/** States that SPIN finds. It gives locks back in steps of their own, so that it has more. */
const SPIN_STATES: Readonly<Record<string, number>> = { k1: 382, k2: 2407, k3: 15_412 };

/** Signal, add a callback, wait. */
export const W2: Workload = {
  name: 'w2',
  sizes: Object.keys(W2_SIZES),
  usualSize: 'k2',
  peersOf: (name) => {
    const { adders, hasWaiter } = w2SizeOf(name);
    const states = SPIN_STATES[name];
    return [
      searcher(PRODUCT, 'w2/product', ['states', name]),
      sampler(PRODUCT, 'w2/product', ['random', name]),
      spin({
        file: ['w2', 'w2.pml'],
        defines: [`K=${adders}`, ...(hasWaiter ? [] : ['NOWAIT'])],
        hashBits: 18,
        expected: states === undefined ? {} : { states },
      }),
      sampler('fast-check', 'w2/fast-check', [name]),
      sampler('plain-loop', 'w2/plain-loop', [name]),
    ];
  },
};
