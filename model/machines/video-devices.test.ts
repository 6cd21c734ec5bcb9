import { describe, expect, test } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { answerOf } from '../returns.ts';
import { FORBIDDEN } from '../tabulate.ts';
import { systemMachine } from '../systems/machine.ts';
import type { SystemMachine } from '../systems/machine.ts';
import { VIDEO_DEVICE_EVENTS } from '../video-device-events.ts';
import type { VideoDeviceMachine } from '../video-device-events.ts';
import { cameraMachine } from './camera.ts';
import { codecMachine } from './codec.ts';

const camera = cameraMachine({ lines: 2 });
const codec = codecMachine({ pagesMax: 2 });
const tables = {
  camera: systemMachine(camera.machine, camera.alphabet),
  codec: systemMachine(codec.machine, codec.alphabet),
};

/** Where events lead from the start; null when one of them is forbidden. */
function after(table: SystemMachine, text: string): number | null {
  let state = 0;
  for (const event of text.split(', ').filter((one) => one !== '')) {
    const row = table.next.get(event);
    if (row === undefined) throw new Error(`${table.name} has no event ${event}`);
    state = row[state] ?? FORBIDDEN;
    if (state === FORBIDDEN) return null;
  }
  return state;
}

function shown(device: Pick<VideoDeviceMachine, 'kind' | 'view'>, text: string): string {
  const table = tables[device.kind];
  const state = table.states[after(table, text) ?? -1];
  if (state === undefined) return 'forbidden';
  const { state: name, context } = device.view(state);
  return [name, ...Object.values(context)].join(' ');
}

const FRAME = 'sof, line(0), line(1), drain, latch, raise';

describe('a camera', () => {
  test.each([
    ['', 'off 0 false clear'],
    ['stream, overrun, overrun', 'waiting 0 false clear'],
    ['queue, stream, queue, queue.full', 'waiting 2 false clear'],
    [`queue, queue, stream, ${FRAME}`, 'waiting 1 false pending'],
    [`queue, stream, ${FRAME}, ack, overrun`, 'waiting 0 false clear'],
    // The address of the first of two frames is lost.
    [`queue, queue, stream, ${FRAME}, ${FRAME}`, 'waiting 0 false lost'],
    [`queue, queue, stream, ${FRAME}, ${FRAME}, ack`, 'waiting 0 false clear'],
    // A stop waits for the end of the frame, and drops what is left in the queue.
    ['queue, queue, stream, sof, streamOff, line(0)', 'capture 1 true clear'],
    [
      'queue, queue, stream, sof, streamOff, line(0), line(1), drain, latch, raise',
      'off 0 false pending',
    ],
    ['queue, stream, sof, line(0), streamOff, abort', 'off 0 false clear'],
    ['queue, stream, streamOff', 'off 0 false clear'],
    // A frame that the bus has ended is reported as any other.
    ['queue, stream, sof, line(0), fault, latch, raise', 'waiting 0 false pending'],
    ['queue, stream, sof, line(0), line(1), early, latch', 'latched 0 false pending'],
    ['queue, stream, sof, streamOff, unplug', 'gone 0 false clear'],
  ])('%s: %s', (text, expected) => {
    expect(shown(camera, text)).toBe(expected);
  });

  test.each([
    ['', 'sof'],
    ['', 'streamOff'],
    ['', 'ack'],
    ['stream', 'sof'],
    ['queue, stream', 'overrun'],
    ['queue, stream', 'line(0)'],
    ['queue, stream, sof', 'line(1)'],
    ['queue, stream, sof, line(0)', 'drain'],
    ['queue, stream, sof, line(0), line(1)', 'latch'],
    ['queue, stream, sof, line(0), line(1), drain', 'raise'],
    ['queue, queue, stream, sof', 'sof'],
    ['queue, stream, sof, streamOff', 'streamOff'],
    ['queue, stream, sof, streamOff', 'stream'],
    ['queue, stream, sof, abort', 'latch'],
    ['unplug', 'stream'],
  ])('behind %s there is no %s', (text, event) => {
    expect(after(tables.camera, text)).not.toBeNull();
    expect(after(tables.camera, `${text}, ${event}`)).toBeNull();
  });
});

const JOB = 'start(2), read(0), write(0), read(1), write(1)';

describe('a codec', () => {
  test.each([
    [`${JOB}, drain, raise`, 'done false'],
    [`${JOB}, drain, raise, ack, start(1)`, 'coding true'],
    ['start(2), read(0), reference, reference, write(0)', 'coding true'],
    ['start(1), badStream', 'error false'],
    ['start(1), read(0), abort, start.dropped, ack', 'idle false'],
    // Nothing tells that it hangs.
    ['start(1), hang', 'hung true'],
    ['start(1), hang, reset', 'idle false'],
    ['start(2), read(0), partial.silent, drain, raise', 'done false'],
    ['start(2), read(0), partial.error', 'error false'],
    [`${JOB}, unplug`, 'gone false'],
  ])('%s: %s', (text, expected) => {
    expect(shown(codec, text)).toBe(expected);
  });

  test.each([
    ['', 'read(0)'],
    ['start(1)', 'start(1)'],
    ['start(1)', 'write(0)'],
    ['start(2)', 'read(1)'],
    ['start(2), read(0), write(0)', 'drain'],
    ['start(1), read(0), write(0)', 'raise'],
    ['start(1), read(0), write(0), drain', 'ack'],
    ['start(1), hang', 'ack'],
    ['start(1), hang', 'read(0)'],
    ['start(1), badStream', 'drain'],
    ['unplug', 'reset'],
  ])('behind %s there is no %s', (text, event) => {
    expect(after(tables.codec, text)).not.toBeNull();
    expect(after(tables.codec, `${text}, ${event}`)).toBeNull();
  });

  test('a reset leads to rest from every state in which there is one', () => {
    const resets = [...(tables.codec.next.get('reset') ?? [])];
    const states = tables.codec.states.map((state) => codec.view(state).state);
    expect(resets.filter((_, at) => states[at] !== 'gone')).toEqual(
      states.filter((state) => state !== 'gone').map(() => 0),
    );
  });
});

describe.each([camera, codec])('$kind', ({ kind, machine, forbids, alphabet }) => {
  const table: SystemMachine = tables[kind];

  test('every event of its vocabulary happens somewhere, and says which rules it can break', () => {
    expect(new Set(alphabet.map(({ type }) => type))).toEqual(new Set(VIDEO_DEVICE_EVENTS[kind]));
    expect(Object.keys(forbids)).toEqual([...VIDEO_DEVICE_EVENTS[kind]]);
    for (const [name, row] of table.next) {
      expect(
        [...row].some((next) => next !== FORBIDDEN),
        name,
      ).toBe(true);
    }
  });

  test('it can be unplugged in every state, once, and does nothing after that', () => {
    const unplug = table.next.get('unplug') ?? new Int32Array();
    const gone = new Set([...unplug].filter((next) => next !== FORBIDDEN));
    for (const [state, next] of unplug.entries()) expect(next === FORBIDDEN).toBe(gone.has(state));
    for (const [name, row] of table.next) {
      for (const state of gone) expect(row[state], name).toBe(FORBIDDEN);
    }
  });

  test('each transition names the rules that it embodies, once', () => {
    let count = 0;
    const left = [initialTransition(machine)[0]];
    const known = new Set<string>();
    for (let before = left.pop(); before !== undefined; before = left.pop()) {
      const key = JSON.stringify([before.value, before.context]);
      if (known.has(key)) continue;
      known.add(key);
      for (const event of alphabet) {
        if (!before.can(event)) continue;
        const [next, actions] = transition(machine, before, event);
        const { rules } = answerOf(actions, `${key} ${event.type}`);
        expect(rules.length).toBeGreaterThan(0);
        left.push(next);
        count += 1;
      }
    }
    expect(known.size).toBe(table.states.length);
    const edges = [...table.next.values()].flatMap((row) => [...row]);
    expect(count).toBe(edges.filter((next) => next !== FORBIDDEN).length);
  });
});
