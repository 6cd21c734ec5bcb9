import { expect, test } from 'vitest';
import { claim } from '../claims.ts';
import type { Properties } from '../claims.ts';
import { compileEngine } from '../compile.ts';
import type { EngineParts } from '../compile.ts';
import type { Engine } from '../engine-code.ts';
import { explore } from '../explore.ts';
import type { ExploreOptions } from '../explore.ts';
import { layoutOf } from '../layout.ts';
import { network } from '../network.ts';
import type { Network } from '../network.ts';
import { fenceCallers } from '../required/fence-callers.ts';
import { timelineCallers } from '../required/timeline-callers.ts';
import { SharedEngine } from './shared-engine.ts';

// However many threads search, and whichever of them is faster: the same bytes come out.

const WORKERS = [2, 3];

/** The search by one worker, and that every other number of workers finds the same. */
function same(system: Network, properties: Properties, options: ExploreOptions = {}) {
  const one = explore(system, properties, options);
  for (const workers of WORKERS) {
    expect(explore(system, properties, { ...options, workers })).toEqual(one);
  }
  return one;
}

// Its levels are large enough to wake threads.
const fences = fenceCallers({ tasks: [['add', 'wait'], ['add'], ['wait']], fences: 2 });
const small = timelineCallers({ tasks: 2, valueMax: 3 });

test('a complete search', () => {
  const found = same(fences.network, fences.properties);
  expect(found).toMatchObject({ complete: true, violation: null, neverMet: [] });
  expect(found).toMatchObject({ states: 504_074, edges: 1_820_036, depth: 39 });
});

test('a search that grows its table, state by state', () => {
  const { network: system, properties } = fences;
  const layout = layoutOf(system.components);
  const { always = [], sometimes = [], mayEnd = null } = properties;
  for (const memory of ['exact', 'fingerprint'] as const) {
    const claims = { always, sometimes, mayEnd, symmetry: [], views: [] };
    const parts: EngineParts = { network: system, layout, ...claims, memory, bitField: 0 };
    const saved = [compileEngine(parts), new SharedEngine(parts, 3)].map((engine) => {
      searchAll(engine, layout.words);
      return engine.save();
    });
    const [one, three] = saved;
    expect(one?.count).toBe(504_074);
    expect(three?.count).toBe(one?.count);
    expect(three?.edges).toBe(one?.edges);
    // Numbers, keys and parents; comparing typed arrays element by element takes long.
    for (const [index, array] of (one?.arrays ?? []).entries()) {
      const other = three?.arrays[index] ?? new Int32Array();
      expect(Buffer.compare(bytes(array), bytes(other))).toBe(0);
    }
  }
});

function bytes(array: Int32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

function searchAll(engine: Engine, words: number): void {
  engine.start(...Array.from({ length: words }, () => 0));
  for (let begin = 0; begin < engine.count();) {
    const end = engine.count();
    engine.nextLevel();
    engine.scan(begin, end);
    begin = end;
  }
  engine.close();
}

test('a violation, with the same way to it', () => {
  // Claims that are wrong at several depths, so that several threads find one at once.
  for (const state of ['linked', 'ending', 'finished'] as const) {
    const tasks = fences.network.components.filter(({ name }) => name.startsWith('task'));
    const never = tasks.map((task) =>
      claim(`${task.name} is never ${state}`, [task], ({ value }) =>
        JSON.stringify(value).includes(state) ? false : true,
      ),
    );
    const { violation, complete } = same(fences.network, { ...fences.properties, always: never });
    expect(complete).toBe(false);
    expect(violation?.kind).toBe('always');
    expect(violation?.trace?.moves.length).toBeGreaterThan(2);
  }
});

test('a dead end', () => {
  const { network: system, properties } = small;
  const moves = system.moves.filter(({ family: name }) => name !== 'owner.free');
  const { violation } = same(network('kept', system.components, moves), properties);
  expect(violation?.kind).toBe('deadlock');
});

test('a limit, at the same state', () => {
  const { network: system, properties } = fences;
  expect(same(system, properties, { statesMax: 99_999 }).limits).toEqual(['states: 99999']);
  expect(same(system, properties, { depthMax: 18 }).limits).toEqual(['depth: 18']);
  expect(same(system, properties, { memoryMaxMiB: 2 }).limits).toEqual(['memory: 2 MiB']);
});

test('more moves than a chunk has room for', () => {
  const [first] = fences.network.components;
  if (first === undefined) throw new Error('no component');
  const many = Array.from({ length: 300 }, () => fences.network.moves).flat();
  const system = network('many moves', fences.network.components, many);
  const claims = { mayEnd: claim('anywhere', [first], () => true) };
  const { states, edges } = same(system, claims, { statesMax: 1000 });
  expect(states).toBeGreaterThan(1000);
  expect(edges).toBeGreaterThan(300 * 1000);
});

test('what one worker alone can do is refused', () => {
  const refuses = (options: ExploreOptions) => () => explore(fences.network, {}, options);
  expect(refuses({ workers: 2, order: 'depth' })).toThrow('depth first is for one worker');
  expect(refuses({ workers: 2, memory: 'bits' })).toThrow('bit-state memory is for one worker');
  expect(refuses({ workers: 0 })).toThrow('0 workers; expected 1 to 64');
});

test('one state has no threads to wait for', () => {
  const [first] = fences.network.components;
  if (first === undefined) throw new Error('no component');
  const still = network('still', [first], []);
  const mayEnd = claim('anywhere', [first], () => true);
  expect(same(still, { mayEnd })).toMatchObject({ states: 1, edges: 0, depth: 0, complete: true });
});
