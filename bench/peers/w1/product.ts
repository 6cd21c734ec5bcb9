import { explore } from '../../../model/systems/explore.ts';
import { w1 } from './network.ts';
import { SIZES, sizeName } from './size.ts';

/** The product's run, in a process of its own: prints one line of JSON. */
function main(): void {
  const size = SIZES[sizeName(process.argv[2] ?? '')];
  const start = performance.now();
  const { network, properties } = w1(size);
  const prepared = performance.now();
  const { states, edges, depth, complete, violation } = explore(network, properties);
  const seconds = (performance.now() - prepared) / 1000;
  const prepareSeconds = (prepared - start) / 1000;
  process.stdout.write(`${JSON.stringify({ states, edges, depth, seconds, prepareSeconds })}\n`);
  // Whoever compares speeds must not take a broken search for a fast one.
  if (!complete || violation !== null) process.exitCode = 1;
}

main();
