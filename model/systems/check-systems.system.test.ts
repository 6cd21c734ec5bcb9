import { expect, test } from 'vitest';
import { checkSystems } from './check-systems.ts';

test('all required systems are searched to the end, and all holds', () => {
  for (const report of checkSystems()) {
    expect(report, report.name).toMatchObject({ complete: true, limits: [] });
    expect(report.properties.filter(({ status }) => status !== 'holds')).toEqual([]);
  }
});
