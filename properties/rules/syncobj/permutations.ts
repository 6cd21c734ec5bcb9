import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import { type Expected } from '../../check/results.ts';
import { OPEN } from './calls.ts';

const ETIME = -62;

/** The points of the timeline, each with a fence of its own, and some that lie between them. */
const POINTS = [5, 10, 15] as const;
const ASKED = [1, 5, 7, 10, 15] as const;

const ORDERS: readonly (readonly number[])[] = [
  [5, 10, 15],
  [5, 15, 10],
  [10, 5, 15],
  [10, 15, 5],
  [15, 5, 10],
  [15, 10, 5],
];

const nameOf = (order: readonly number[]): string => `order-${order.join('-')}`;

/** A timeline whose fences signal in this order; after each all points are waited for. */
function completing(order: readonly number[]): Program {
  const made = POINTS.map(
    (point) => `f${point} = fence.create()
    syncobj.addPoint(a.syncobj, f${point}, ${point})`,
  );
  const looks = (step: number): string =>
    [
      ...ASKED.map((point) => `w${step}_${point} = so.timelineWait(t, [a], [${point}])`),
      `h${step} = so.wait(t, [a])`,
      `q${step} = so.query(t, [a])`,
      `l${step} = so.query(t, [a], 1)`,
    ].join('\n');
  const steps = order.map((point, step) => `fence.signal(f${point})\n${looks(step + 1)}`);
  return program(nameOf(order), {
    setup: `${OPEN}; a = so.create(t)\n${made.join('\n')}`,
    tasks: { A: [looks(0), ...steps].join('\n') },
  });
}

/** The node that stands for a point is that of the next point that there is. */
const standingFor = (point: number): number => POINTS.find((known) => known >= point) ?? 0;

/** What all looks must see, from the rules alone. */
function expected(order: readonly number[]): Expected {
  const seen: Record<string, string | number> = {};
  for (let step = 0; step <= order.length; step += 1) {
    const done = new Set(order.slice(0, step));
    const isReached = (point: number): boolean =>
      POINTS.filter((known) => known <= standingFor(point)).every((known) => done.has(known));
    for (const point of ASKED) {
      seen[`w${step}_${point}`] = isReached(point) ? 'first 0' : ETIME;
    }
    seen[`h${step}`] = isReached(15) ? 'first 0' : ETIME;
    seen[`q${step}`] = String(POINTS.filter(isReached).at(-1) ?? 0);
    seen[`l${step}`] = '15';
  }
  return seen;
}

/** The fences of three points signal in each order. */
export const COMPLETING: readonly Program[] = ORDERS.map(completing);

export const COMPLETED: Readonly<Record<string, Expected>> = Object.fromEntries(
  ORDERS.map((order) => [nameOf(order), expected(order)]),
);
