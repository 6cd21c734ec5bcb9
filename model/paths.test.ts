import { describe, expect, test } from 'vitest';
import { scopeName } from './lifecycle.ts';
import { boundedLifecycles } from './lifecycles.ts';
import { modelPaths } from './paths.ts';
import { stepOf, tabulate } from './tabulate.ts';

describe.each(boundedLifecycles().map((one) => [one.kind, scopeName(one), one] as const))(
  '%s %s',
  (_kind, _scope, lifecycle) => {
    const table = tabulate(lifecycle);
    const paths = modelPaths(table);

    test('the paths walk every transition of the table, and nothing else', () => {
      const walked = new Set<string>();
      for (const { steps } of paths) {
        let state = table.initial;
        for (const { event, view, ...step } of steps) {
          const index = table.events.indexOf(event);
          expect(stepOf(table, state, index)).toEqual(step);
          expect(view).toEqual(table.views[step.state]);
          walked.add(`${state} ${index}`);
          state = step.state;
        }
      }
      expect(walked.size).toBe(table.edges);
    });

    test('no path is longer than it must be', () => {
      const longest = Math.max(...paths.map(({ steps }) => steps.length));
      expect(longest).toBeGreaterThan(0);
      expect(longest).toBeLessThanOrEqual(table.depth + 1);
    });

    test('the same table gives the same paths', () => {
      expect(modelPaths(tabulate(lifecycle))).toEqual(paths);
    });
  },
);
