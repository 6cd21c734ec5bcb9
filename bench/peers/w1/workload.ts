import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRODUCT, type Peer, type Workload } from '../peer.ts';
import { compiled, counted, number, output, source, spin } from '../tools.ts';
import { SIZES, type Size, type SizeName, sizeName } from './size.ts';

const HASH_BITS: Readonly<Record<SizeName, number>> = {
  tiny: 18,
  small: 18,
  three: 20,
  medium: 22,
  large: 25,
};

/** Lives of fences and reservation objects, with a hardware queue. */
export const W1: Workload = {
  name: 'w1',
  sizes: Object.keys(SIZES),
  usualSize: 'small',
  peersOf: (name) => peers(sizeName(name)),
};

function peers(name: SizeName): readonly Peer[] {
  const { states, edges, ...size } = SIZES[name];
  const expected = { states, edges };
  const { tasks, objects, rounds, usages } = size;
  const nothing = { needs: [], prepare: () => undefined, read: counted, expected };
  return [
    { ...nothing, name: PRODUCT, command: compiled('w1/product', [name]) },
    spin({
      file: ['w1', 'w1.pml'],
      defines: [`T=${tasks}`, `R=${objects}`, `K=${rounds}`, `U=${usages}`],
      hashBits: HASH_BITS[name],
      expected,
    }),
    rumur(size, expected),
    { ...nothing, name: 'js', command: plainSearch(size) },
  ];
}

function rumur(size: Size, expected: Peer['expected']): Peer {
  return {
    name: 'rumur',
    needs: ['rumur', 'gcc'],
    prepare: (folder) => {
      writeFileSync(join(folder, 'model.m'), murphi(size));
      const stuck = ['--deadlock-detection', 'stuck'];
      output(['rumur', '--threads', '1', ...stuck, '--output', 'rumur.c', 'model.m'], folder);
      const flags = ['-w', '-O3', '-march=native', '-std=c11', '-mcx16'];
      output(['gcc', ...flags, '-o', 'rumur', 'rumur.c', '-lpthread'], folder);
    },
    command: ['./rumur'],
    read: (text) => ({
      mode: 'search',
      // Lines about progress look almost the same.
      states: number(text, /(\d+) states, \d+ rules fired in/),
      edges: number(text, /(\d+) rules fired in/),
    }),
    expected,
  };
}

function murphi({ tasks, objects, rounds, usages }: Size): string {
  return readFileSync(source('w1', 'w1.m'), 'utf8')
    .replaceAll('@T@', String(tasks))
    .replaceAll('@R@', String(objects))
    .replaceAll('@K@', String(rounds))
    .replaceAll('@U@', String(usages))
    .replaceAll('@BUG@', '0');
}

/** The same rules as a breadth-first search in JavaScript, without any library. */
function plainSearch({ tasks, objects, rounds, usages }: Size): readonly string[] {
  const sizes = [tasks, objects, rounds, usages].map(String);
  return [process.execPath, '--max-old-space-size=12000', source('w1', 'w1.mjs'), ...sizes];
}
