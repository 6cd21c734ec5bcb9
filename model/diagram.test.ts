import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describe, diagramOf } from './diagram.ts';
import { boundedLifecycles } from './lifecycles.ts';
import { waiterMachine } from './machines/waiter.ts';
import { readmeWith } from './readme.ts';
import { tabulate } from './tabulate.ts';

const machines = boundedLifecycles().map((one) => [one, tabulate(one)] as const);

test('the page shows the machines as they are; npm run diagrams writes it', () => {
  const page = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  expect(page).toBe(readmeWith(page, machines));
});

test('each kind is drawn once, each scope is named', () => {
  const text = describe(machines);
  expect(text.match(/```mermaid/g)).toHaveLength(new Set(machines.map(([{ kind }]) => kind)).size);
  expect(text.match(/^- \w+: \d+ states/gm)).toHaveLength(machines.length);
});

test('arrows carry results, and start at states without states inside', () => {
  const lines = diagramOf(waiterMachine()).split('\n');
  expect(lines[0]).toBe('stateDiagram-v2');
  expect(lines).toContain('    waiter_idle --> waiter_looking_once : begin');
  expect(lines).toContain('    waiter_linked_asleep --> waiter_linked_awake : wake');
  expect(lines.filter((line) => line.includes('waiter_looking -->'))).toEqual([]);
  expect(diagramOf(waiterMachine())).toContain('end.interrupted → -ERESTARTSYS');
});

test('no label contains what Mermaid reads as syntax', () => {
  for (const [lifecycle] of machines) {
    for (const line of diagramOf(lifecycle).split('\n')) {
      const label = line.includes('-->') ? line.slice(line.indexOf(' : ') + 3) : '';
      expect(label).not.toMatch(/[:;#"]/);
    }
  }
});

test('a page without markers is refused', () => {
  expect(() => readmeWith('# Model', machines)).toThrow(/lacks/);
});
