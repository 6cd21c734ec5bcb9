import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { looksAt } from '../looks-at.ts';
import { defineOperations } from '../operation.ts';
import { labelsOf } from './array.ts';
import { resvNamed, usageOf } from './resv.ts';

/** What one asks a reservation object for, and then has references on. */
defineOperations([
  {
    // `f g`, which the program owns now; `none`; or the error.
    name: 'resv.getFences',
    parameters: ['resv', 'usage'],
    *run(environment, args) {
      const { resvQueries } = environment.stack;
      const found = yield* resvQueries.getFences(resvNamed(environment, args), usageOf(args));
      if (typeof found === 'number') return found;
      for (const fence of found) environment.ownFence(fence);
      return labelsOf(found) || 'none';
    },
  },
  {
    // `f`; `[f g]` for an array of them; `none`; or the error. The program owns it.
    name: 'resv.getSingleton',
    parameters: ['resv', 'usage'],
    *run(environment, args, out) {
      const { resvQueries, arrays } = environment.stack;
      const found = yield* resvQueries.getSingleton(resvNamed(environment, args), usageOf(args));
      if (typeof found === 'number') return found;
      if (found === null) return 'none';
      environment.ownFence(found);
      environment.bind(out, found);
      const array = arrays.arrayOf(found);
      if (array === null) return found.label;
      looksAt(array);
      return `[${labelsOf(array.fences)}]`;
    },
  },
  {
    // The same for who wants nothing but the list: its references are given back at once.
    name: 'resv.listFences',
    parameters: ['resv', 'usage'],
    *run(environment, args) {
      const { resvQueries } = environment.stack;
      const found = yield* resvQueries.getFences(resvNamed(environment, args), usageOf(args));
      if (typeof found === 'number') return found;
      const labels = labelsOf(found);
      for (const fence of found) yield* putOne(fence);
      return labels || 'none';
    },
  },
  {
    name: 'resv.setDeadline',
    parameters: ['resv', 'usage', 'deadlineNs'],
    *run(environment, args) {
      const { resvQueries } = environment.stack;
      const deadline = BigInt(args.number('deadlineNs'));
      yield* resvQueries.setDeadline(resvNamed(environment, args), usageOf(args), deadline);
      return null;
    },
  },
]);

function* putOne(fence: DmaFence): ReturnType<DmaFence['put']> {
  yield* fence.put();
}
