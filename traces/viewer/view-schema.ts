import { z } from 'zod';

import { NONE, type View, VIEW_FORMAT, VIEW_VERSION } from './view.ts';

const NUMBERS = z.array(z.int().min(NONE));
const PAIR = z.tuple([z.string(), z.string()]);

const LANE = z.strictObject({
  name: z.string(),
  kind: z.enum(['task', 'softirq', 'hardirq', 'device', 'machine']),
  cpu: z.int().nullable(),
});

const LOOK = z.strictObject({
  boxes: z.array(z.string()).nullable(),
  state: z.string(),
  context: z.array(PAIR),
});

const OBJECT = z.strictObject({
  name: z.string(),
  kind: z.string(),
  diagram: z.int().min(NONE),
  history: z.strictObject({
    step: NUMBERS,
    event: NUMBERS,
    model: NUMBERS,
    implementation: NUMBERS,
  }),
});

const DIAGRAM = z.strictObject({
  kind: z.string(),
  width: z.number(),
  height: z.number(),
  boxes: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      isGroup: z.boolean(),
      x: z.number(),
      y: z.number(),
      width: z.number(),
      height: z.number(),
      stays: z.array(z.string()),
    }),
  ),
  arrows: z.array(
    z.strictObject({
      from: z.string(),
      to: z.string(),
      labels: z.array(z.string()),
      points: z.array(z.number()),
      label: z.strictObject({ x: z.number(), y: z.number(), text: z.string() }).nullable(),
    }),
  ),
});

const SCREEN = z.strictObject({
  name: z.string(),
  lines: z.int(),
  frames: z.array(
    z.strictObject({
      begin: z.int(),
      end: z.int(),
      plane: z.int(),
      count: z.int(),
      stamps: NUMBERS,
      marks: NUMBERS,
    }),
  ),
});

/** What shows a view trusts it, so that whoever makes one holds it against this. */
export const VIEW: z.ZodType<View> = z.strictObject({
  format: z.literal(VIEW_FORMAT),
  version: z.literal(VIEW_VERSION),
  title: z.string(),
  message: z.string(),
  facts: z.array(PAIR),
  notices: z.array(z.string()),
  strings: z.array(z.string()),
  lanes: z.array(LANE),
  steps: z.strictObject({ lane: NUMBERS, access: NUMBERS, call: NUMBERS, note: NUMBERS }),
  changes: z.strictObject({
    step: NUMBERS,
    object: NUMBERS,
    field: NUMBERS,
    from: NUMBERS,
    to: NUMBERS,
  }),
  calls: z.strictObject({
    lane: NUMBERS,
    text: NUMBERS,
    begin: NUMBERS,
    end: NUMBERS,
    result: NUMBERS,
    place: NUMBERS,
  }),
  locks: z.strictObject({ lane: NUMBERS, name: NUMBERS, from: NUMBERS, to: NUMBERS }),
  waits: z.strictObject({
    lane: NUMBERS,
    why: NUMBERS,
    holder: NUMBERS,
    from: NUMBERS,
    to: NUMBERS,
    next: NUMBERS,
  }),
  complaints: z.strictObject({ step: NUMBERS, text: NUMBERS }),
  looks: z.array(LOOK),
  objects: z.array(OBJECT),
  diagrams: z.array(DIAGRAM),
  screens: z.array(SCREEN),
  parting: z.int().nullable(),
  deciding: z.int().nullable(),
});
