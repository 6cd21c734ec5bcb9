import { expect, test } from 'vitest';

import { FrameLog } from '../../impl/hw/display/frame-log.ts';
import { frameToken } from '../../impl/hw/token.ts';
import { STANDARD_JUDGES } from '../../properties/judges/standard.ts';
import { program } from '../../properties/programs/parse.ts';
import { Run } from '../../properties/run/run.ts';
import { FIRST } from '../../properties/schedules/strategy.ts';
import './play.ts';
import { Shown } from './shown.ts';

const STEPS_MAX = 20_000;
const CAMERA = 3;
const LINES = 2;
const TOKENS = 2;

test('the pipeline shows every frame, and no judge has anything to say', () => {
  const one = program('pipeline', { tasks: { A: 'r = bench.play(4)' } });
  const judges = STANDARD_JUDGES.map((create) => create());
  const run = new Run(one, { judges, notes: false, stepsMax: STEPS_MAX }).execute(FIRST);

  expect(run.findings).toEqual([]);
  expect(run.violations).toEqual([]);
  expect(run.isOver).toBe(true);
  // Four frames of the camera, each shown twice, and the fifth is not asked for.
  expect(run.resultOf('A', 'bench.play')).toBeGreaterThanOrEqual(8);
});

/** A log that shows these frames of the camera, one token after the other. */
function shown(frames: readonly (readonly number[])[]): Shown {
  const log = new FrameLog(LINES, TOKENS);
  for (const [count, tokens] of frames.entries()) {
    const frame = log.begin(count, 0);
    for (const [at, token] of tokens.entries()) log.put(frame, at, token);
    for (let line = 0; line < LINES; line += 1) log.end(frame, line, 0, 0);
  }
  return new Shown(log, CAMERA);
}

function whole(frame: number, writer: number = CAMERA): number[] {
  return Array.from({ length: LINES * TOKENS }, (_, at) => frameToken(writer, 0, frame) + at);
}

test('frames that come in order, once or more, are as they should be', () => {
  const screen = shown([whole(1), whole(1), whole(2)]);
  screen.look();

  expect(screen.frame).toBe(2);
});

test('a torn frame, one left out, one too early, and one of somebody else are seen', () => {
  const torn = [...whole(1).slice(0, TOKENS), ...whole(2).slice(TOKENS)];
  expect(() => shown([torn]).look()).toThrow('torn');
  expect(() => shown([whole(1), whole(3)]).look()).toThrow('frame 3 after 1');
  expect(() => shown([whole(1), whole(2), whole(1)]).look()).toThrow('frame 1 after 2');
  expect(() => shown([whole(1, CAMERA + 1)]).look()).toThrow('not seen');
  expect(() => shown([[0, 0, 0, 0]]).look()).toThrow('not seen');
});
