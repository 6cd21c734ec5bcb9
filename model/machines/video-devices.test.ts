import { describe, expect, test } from 'vitest';
import { initialTransition, transition } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import type { AbstractState } from '../events.ts';
import { answerOf } from '../returns.ts';
import { FORBIDDEN } from '../tabulate.ts';
import { systemMachine, type SystemEvent } from '../systems/machine.ts';
import type { MachineState, SystemMachine } from '../systems/machine.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { VIDEO_DEVICE_EVENTS } from '../video-device-events.ts';
import { cameraMachine } from './camera.ts';
import { codecMachine } from './codec.ts';

const camera = cameraMachine({ linesMax: 2 });
const codec = codecMachine({ pagesMax: 2 });
/** Without payloads that are not there. */
function eventsOf({ alphabet }: Lifecycle): readonly SystemEvent[] {
  return alphabet.map(({ type, detail }) => (detail === undefined ? { type } : { type, detail }));
}

const tables = {
  camera: systemMachine(camera.machine, eventsOf(camera)),
  codec: systemMachine(codec.machine, eventsOf(codec)),
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

/** Views look at value and context alone, which a state of a table has. */
function lookOf(device: Lifecycle, state: MachineState): AbstractState {
  return device.view(state as AnyMachineSnapshot);
}

function shown(device: Lifecycle, text: string): string {
  const table = device === camera ? tables.camera : tables.codec;
  const state = table.states[after(table, text) ?? -1];
  if (state === undefined) return 'forbidden';
  const { state: name, context } = lookOf(device, state);
  return [name, ...Object.values(context)].join(' ');
}

const FRAME = 'sof, line(0), line(1), drain, latch, raise';

describe('a camera', () => {
  test.each([
    ['', 'off 0 false clear'],
    ['stream(2), overrun, overrun', 'waiting 0 false clear'],
    ['queue, stream(2), queue, queue.full', 'waiting 2 false clear'],
    [`queue, queue, stream(2), ${FRAME}`, 'waiting 1 false pending'],
    [`queue, stream(2), ${FRAME}, ack, overrun`, 'waiting 0 false clear'],
    // The address of the first of two frames is lost.
    [`queue, queue, stream(2), ${FRAME}, ${FRAME}`, 'waiting 0 false lost'],
    [`queue, queue, stream(2), ${FRAME}, ${FRAME}, ack`, 'waiting 0 false clear'],
    // A stop waits for the end of the frame, and drops what is left in the queue.
    ['queue, queue, stream(2), sof, streamOff, line(0)', 'capture 1 true clear'],
    [
      'queue, queue, stream(2), sof, streamOff, line(0), line(1), drain, latch, raise',
      'off 0 false pending',
    ],
    ['queue, stream(2), sof, line(0), streamOff, abort', 'off 0 false clear'],
    ['queue, stream(2), streamOff', 'off 0 false clear'],
    // A frame that the bus has ended is reported as any other.
    ['queue, stream(2), sof, line(0), fault, latch, raise', 'waiting 0 false pending'],
    ['queue, stream(2), sof, line(0), line(1), early, latch', 'latched 0 false pending'],
    ['queue, stream(2), sof, streamOff, unplug', 'gone 0 false clear'],
  ])('%s: %s', (text, expected) => {
    expect(shown(camera, text)).toBe(expected);
  });

  test.each([
    ['', 'sof'],
    ['', 'streamOff'],
    ['', 'ack'],
    ['stream(2)', 'sof'],
    ['queue, stream(2)', 'overrun'],
    ['queue, stream(2)', 'line(0)'],
    ['queue, stream(2), sof', 'line(1)'],
    ['queue, stream(2), sof, line(0)', 'drain'],
    ['queue, stream(2), sof, line(0), line(1)', 'latch'],
    ['queue, stream(2), sof, line(0), line(1), drain', 'raise'],
    ['queue, queue, stream(2), sof', 'sof'],
    ['queue, stream(2), sof, streamOff', 'streamOff'],
    ['queue, stream(2), sof, streamOff', 'stream(2)'],
    ['queue, stream(2), sof, abort', 'latch'],
    ['unplug', 'stream(2)'],
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
    const states = tables.codec.states.map((state) => lookOf(codec, state).state);
    expect(resets.filter((_, at) => states[at] !== 'gone')).toEqual(
      states.filter((state) => state !== 'gone').map(() => 0),
    );
  });
});

describe.each([camera, codec])('$kind', ({ kind, machine, forbids, alphabet }) => {
  const table: SystemMachine = kind === 'camera' ? tables.camera : tables.codec;
  const own = VIDEO_DEVICE_EVENTS[kind === 'camera' ? 'camera' : 'codec'];

  test('every event of its vocabulary happens somewhere, and says which rules it can break', () => {
    expect(new Set(alphabet.map(({ type }) => type))).toEqual(new Set(own));
    expect(Object.keys(forbids)).toEqual([...own]);
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
