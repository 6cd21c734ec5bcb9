import { expect, test } from 'vitest';
import { Follower } from '../follower.ts';
import { crtcMachine } from './crtc.ts';

const LINES = 2;

/** A screen that is on and has read some of the two lines of its first frame. */
function follow(lines = 0): Follower {
  const crtc = new Follower(crtcMachine({ linesMax: Infinity }));
  crtc.take('enable', LINES);
  for (let line = 0; line < lines; line += 1) crtc.take('line', line);
  return crtc;
}

test('lines are read in order, from the first one', () => {
  const crtc = follow(1);
  expect(crtc.step('line', 0)).toBeNull();
  expect(crtc.step('line', 2)).toBeNull();
  expect(crtc.step('repeat')).toBeNull();
  expect(crtc.step('line.late', 1)).not.toBeNull();
  crtc.take('line.fault', 1);
  expect(crtc.step('line', 2)).toBeNull();
});

test('registers, count and interrupt come after each other', () => {
  const crtc = follow(2).takeAll('go');
  for (const early of ['repeat', 'count', 'vblank'] as const) expect(crtc.step(early)).toBeNull();
  crtc.take('latch');
  expect(crtc.view).toEqual({ state: 'on', context: { go: false, flips: false } });
  expect(crtc.step('vblank')).toBeNull();
  expect(crtc.step('line', 0)).toBeNull();
  crtc.takeAll('count', 'vblank');
  expect(crtc.step('line', 0)).not.toBeNull();
});

test('where nobody asks, the frame is repeated', () => {
  const crtc = follow(2);
  expect(crtc.step('latch')).toBeNull();
  crtc.takeAll('repeat', 'count', 'vblank');
});

test('a change at once comes before the next line', () => {
  const crtc = follow(1).takeAll('flip');
  expect(crtc.step('line', 1)).toBeNull();
  expect(crtc.step('repeat')).toBeNull();
  crtc.take('flip.latch');
  expect(crtc.step('flip.latch')).toBeNull();
  crtc.take('line', 1);
});

test('a screen that stops reads to the end of its frame', () => {
  const crtc = follow(1).takeAll('disable');
  expect(crtc.view.state).toBe('stopping');
  crtc.take('line', 1);
  expect(crtc.step('repeat')).toBeNull();
  crtc.take('stop');
  expect(crtc.step('line', 0)).toBeNull();
  expect(crtc.step('vblank')).toBeNull();
});

test('the steps between two frames go on when the screen is to stop in their middle', () => {
  const crtc = follow(2).takeAll('repeat', 'disable', 'count', 'vblank');
  expect(crtc.step('stop')).toBeNull();
  crtc.take('line', 0);
  crtc.take('line', 1);
  crtc.take('stop');
  expect(crtc.view.state).toBe('off');
});

test('what was asked while it was off is forgotten when it is enabled', () => {
  const crtc = follow(2).takeAll('disable', 'stop', 'go');
  expect(crtc.view.context['go']).toBe(true);
  crtc.take('enable', LINES);
  expect(crtc.view.context['go']).toBe(false);
});

test('a screen that is gone stays away', () => {
  const crtc = follow(1).takeAll('unplug');
  expect(crtc.step('enable', LINES)).toBeNull();
  for (const late of ['go', 'unplug'] as const) expect(crtc.step(late)).toBeNull();
});
