import { expect, test } from 'vitest';

import { plot } from './plot.ts';

test('a tenfold is as far on each axis, wherever it stands', () => {
  const points = [
    { x: 10_000, y: 1 },
    { x: 100_000, y: 10 },
    { x: 1_000_000, y: 100 },
  ];
  const svg = plot([{ title: 'seconds', curves: [{ name: 'one', points }] }]);
  const at = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => ({
    x: Number(x),
    y: Number(y),
  }));
  const [first, second, third] = at;
  expect(at).toHaveLength(3);
  expect((second?.x ?? 0) - (first?.x ?? 0)).toBeCloseTo((third?.x ?? 0) - (second?.x ?? 0), 0);
  expect((first?.y ?? 0) - (second?.y ?? 0)).toBeCloseTo((second?.y ?? 0) - (third?.y ?? 0), 0);
  expect(first?.y).toBeGreaterThan(third?.y ?? Infinity);
});

test('every curve has its name and color, every panel its title', () => {
  const points = [{ x: 10, y: 1 }];
  const curves = [
    { name: 'one', points },
    { name: 'two', points },
  ];
  const svg = plot([
    { title: 'seconds', curves },
    { title: 'MiB', curves },
  ]);
  for (const text of ['>one<', '>two<', '>seconds<', '>MiB<']) expect(svg).toContain(text);
  expect(new Set(svg.match(/stroke="#\w+"/g)).size).toBe(2);
});
