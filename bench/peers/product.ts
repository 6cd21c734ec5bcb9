import { explore } from '../../model/systems/explore.ts';
import { w1 } from './w1/network.ts';
import { SIZES } from './w1/size.ts';
import type { SizeName } from './w1/size.ts';

/** The product's run, in a process of its own: prints one line of JSON. */
function main(): void {
  // The parent passes only names that it has checked.
  const size = SIZES[process.argv[2] as SizeName];
  const start = performance.now();
  const { network, properties } = w1(size);
  const prepared = performance.now();
  const { states, edges, depth, complete, violation } = explore(network, properties);
  const seconds = (performance.now() - prepared) / 1000;
  const prepareSeconds = (prepared - start) / 1000;
  const good = complete && violation === null;
  process.stdout.write(
    `${JSON.stringify({ states, edges, depth, good, seconds, prepareSeconds })}\n`,
  );
}

main();
