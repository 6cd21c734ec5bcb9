import { expect, test } from 'vitest';
import '../operations/index.ts';
import { RandomNumbers } from '../../schedules/random-numbers.ts';
import { type Gene, type Genes, mutatedGenes } from './genes.ts';

const gene = (number: number): Gene => Array<number>(6).fill(number);
/** Calls as letters, tasks apart. */
const text = ({ tasks }: Genes): string =>
  tasks
    .map((calls) =>
      calls
        .map((numbers) => {
          const [first = 0] = numbers;
          const isWhole = numbers.every((number) => number === first);
          return isWhole && first < 6 ? 'abcxyz'[first] : '?';
        })
        .join(''),
    )
    .join(' ');

const ONE: Genes = { shape: [1, 2, 3], tasks: [[gene(0), gene(1), gene(2)], [gene(3)]] };
const OTHER: Genes = { shape: [4, 5, 6], tasks: [[gene(4), gene(5)]] };

test('there is every kind of change', () => {
  const made = Array.from({ length: 4000 }, (_, seed) =>
    mutatedGenes(new RandomNumbers(seed), ONE, OTHER),
  );
  const texts = new Set(made.map(text));
  const wanted = {
    removed: 'ac x',
    duplicated: 'abbc x',
    swapped: 'bac x',
    inserted: 'ab?c x',
    moved: 'ac bx',
    changed: 'a?c x',
    crossed: 'yz x',
    'task gone': 'x',
  };
  for (const [name, example] of Object.entries(wanted)) expect(texts, name).toContain(example);
  expect(made.some((genes) => text(genes) === 'abc x' && genes.shape.join() !== '1,2,3')).toBe(
    true,
  );
  expect(made.some(({ tasks }) => tasks.length === 3)).toBe(true);
});

test('a program does not grow without limit, and keeps a task', () => {
  let genes = ONE;
  for (let seed = 0; seed < 3000; seed += 1) {
    genes = mutatedGenes(new RandomNumbers(seed), genes, genes);
    expect(genes.tasks.length).toBeGreaterThan(0);
    expect(genes.tasks.length).toBeLessThanOrEqual(4);
    for (const calls of genes.tasks) expect(calls.length).toBeLessThanOrEqual(12);
  }
});
