import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { STUB_OPS } from '../../../impl/dma-buf/fence-stub.ts';
import type { Environment } from '../environment.ts';
import { looksAt } from '../looks-at.ts';
import { defineOperations } from '../operation.ts';
import { fenceOrNull, fencesOf, labelsOf } from './array.ts';

/** What a merge made: `none`, `stub TIME`, `leaf f`, or `array f g`. */
function shapeOf(environment: Environment, fence: DmaFence | null): string {
  if (fence === null) return 'none';
  const array = environment.stack.arrays.arrayOf(fence);
  if (array !== null) return `array ${labelsOf(array.fences)}`;
  looksAt(fence);
  if (fence.ops === STUB_OPS) return `stub ${fence.timestampNs.value}`;
  return `leaf ${fence.label}`;
}

/** Calls about walking through containers, merging, and the sections where one must not. */
defineOperations([
  {
    name: 'signalling.begin',
    parameters: [],
    *run(environment) {
      environment.stack.fences.beginSignalling();
      return null;
    },
  },
  {
    name: 'signalling.end',
    parameters: [],
    *run(environment) {
      environment.stack.fences.endSignalling();
      return null;
    },
  },
  {
    name: 'unwrap.leaves',
    parameters: ['fence'],
    *run(environment, args) {
      const cursor = environment.stack.unwrap.cursor();
      const leaves: DmaFence[] = [];
      let leaf = yield* cursor.first(fenceOrNull(environment, args));
      while (leaf !== null) {
        leaves.push(leaf);
        leaf = yield* cursor.next();
      }
      return labelsOf(leaves);
    },
  },
  {
    // Leaves the loop at leaf number `most`: its label, and what references the element has there.
    name: 'unwrap.leave',
    parameters: ['fence', 'most', 'element'],
    *run(environment, args) {
      const cursor = environment.stack.unwrap.cursor();
      let leaf = yield* cursor.first(fenceOrNull(environment, args));
      for (let at = 1; leaf !== null && at < args.number('most'); at += 1) {
        leaf = yield* cursor.next();
      }
      const element = environment.fence(args.text('element'));
      looksAt(element);
      const seen = `${leaf?.label ?? 'none'} ${element.references.value}`;
      yield* cursor.leave();
      return seen;
    },
  },
  {
    name: 'unwrap.merge',
    parameters: ['fences'],
    *run(environment, args, out) {
      const merged = yield* environment.stack.unwrap.merge(fencesOf(environment, args));
      environment.bind(out, merged);
      if (merged !== null) environment.ownFence(merged);
      return shapeOf(environment, merged);
    },
  },
]);
