import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { explore } from './explore.ts';
import type { Exploration, ExploreOptions } from './explore.ts';
import { fenceCallers } from './required/fence-callers.ts';
import { timelineCallers } from './required/timeline-callers.ts';

// A search that was interrupted and goes on finds what it would have found without.

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-checkpoint-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const { network, properties } = timelineCallers({ tasks: 2, valueMax: 3 });
const STATES = 26_838;

/** A search in pieces: each ends at its limit, the next one goes on behind it. */
function inPieces(options: ExploreOptions, workers: readonly number[]): Exploration {
  const file = join(folder, 'pieces');
  rmSync(file, { force: true });
  const piece = Math.ceil(STATES / workers.length);
  let last: Exploration | null = null;
  for (const [index, count] of workers.entries()) {
    const isLast = index === workers.length - 1;
    last = explore(network, properties, {
      ...options,
      workers: count,
      statesMax: isLast ? Infinity : (index + 1) * piece,
      checkpoint: { file, resume: index > 0 },
    });
    expect(last.complete).toBe(isLast);
  }
  if (last === null) throw new Error('no pieces');
  return last;
}

test.each<[ExploreOptions, readonly number[]]>([
  [{}, [1, 1, 1]],
  [{}, [1, 2, 1, 3]],
  [{ memory: 'fingerprint' }, [1, 1]],
  [{ memory: 'fingerprint' }, [2, 1, 2]],
  [{ memory: 'bits', bitField: 1 << 20 }, [1, 1]],
  [{ order: 'depth' }, [1, 1]],
])('%j in pieces of %j workers', (options, workers) => {
  expect(inPieces(options, workers)).toEqual(explore(network, properties, options));
});

test('every limit can be raised afterwards', () => {
  const whole = explore(network, properties);
  const file = join(folder, 'limits');
  const limits: readonly ExploreOptions[] = [
    { depthMax: 12 },
    { memoryMaxMiB: 1.2 },
    { stop: ({ states }) => (states > 9000 ? 'time: 1 s' : null) },
  ];
  for (const limit of limits) {
    const first = explore(network, properties, { ...limit, checkpoint: { file } });
    expect(first.limits).toHaveLength(1);
    expect(explore(network, properties, { checkpoint: { file, resume: true } })).toEqual(whole);
  }
});

test('a depth-first search that left states out says so when it goes on', () => {
  const file = join(folder, 'deep');
  const deep: ExploreOptions = { order: 'depth', depthMax: 20 };
  const first = explore(network, properties, { ...deep, statesMax: 5000, checkpoint: { file } });
  expect(first.limits).toEqual(['depth: 20', 'states: 5000']);
  const rest = explore(network, properties, { order: 'depth', checkpoint: { file, resume: true } });
  expect(rest).toMatchObject({ complete: false, limits: ['depth: 20'] });
});

test('checkpoints come as often as they should', () => {
  const file = join(folder, 'often');
  const saved = new Set<number>();
  explore(network, properties, {
    checkpoint: { file, everyStates: 5000 },
    stop: () => {
      if (existsSync(file)) saved.add(readFileSync(file).length);
      return null;
    },
  });
  // Chunks end with levels, so that some come a little later.
  expect(saved.size).toBeGreaterThanOrEqual(4);
  expect(existsSync(`${file}.unfinished`)).toBe(false);
});

test('what is no checkpoint of this search is refused', () => {
  const file = join(folder, 'good');
  explore(network, properties, { statesMax: 5000, checkpoint: { file } });
  const good = readFileSync(file);
  const other = join(folder, 'other');
  const end = good.indexOf('\n');
  const head = good.subarray(0, end).toString();
  const body = good.subarray(end);
  const resume =
    (text: Uint8Array | string, options: ExploreOptions = {}) =>
    () => {
      writeFileSync(other, text);
      return explore(network, properties, {
        ...options,
        checkpoint: { file: other, resume: true },
      });
    };
  expect(resume(good)().complete).toBe(true);
  const withHead = (text: string) => resume(Buffer.concat([Buffer.from(text), body]));
  const flipped = Uint8Array.from(good);
  flipped[end + 1000] = (flipped[end + 1000] ?? 0) ^ 1;
  const damaged = `${other}: is torn or damaged; remove it to begin again`;
  for (const [search, message] of [
    [resume(''), `${other}: is no checkpoint of a search`],
    [resume('{}\n'), `${other}: is no checkpoint of a search`],
    [resume('\0'.repeat(100_000)), `${other}: is no checkpoint of a search`],
    [
      withHead(head.replace('"version":1', '"version":2')),
      `${other}: is of version 2; expected version 1`,
    ],
    [withHead(head.replace('"edges":', '"edge":')), `${damaged} (its first line)`],
    [withHead(head.replace(/"edges":\d/, '"edges":9')), `${damaged} (its checksum)`],
    [resume(good.subarray(0, 20_000)), `${damaged} (20000 bytes instead of ${good.length})`],
    [resume(Buffer.concat([good, good])), `${damaged} (${2 * good.length} bytes`],
    [resume(flipped), `${damaged} (its checksum)`],
    [
      resume(good, { order: 'depth' }),
      `${other}: is of another search: order "breadth"; expected "depth"`,
    ],
    [resume(good, { memory: 'fingerprint' }), `memory "exact"; expected "fingerprint"`],
  ] as const) {
    expect(search).toThrow(message);
  }
  const missing = { file: join(folder, 'missing'), resume: true };
  expect(() => explore(network, properties, { checkpoint: missing })).toThrow(
    /missing: cannot be read: ENOENT/,
  );
  const nowhere = { file: join(folder, 'no', 'folder'), everyStates: 1 };
  expect(() => explore(network, properties, { checkpoint: nowhere })).toThrow(
    'cannot be written: ENOENT',
  );
});

test('a checkpoint is of one network, one set of claims and one set of reductions', () => {
  const file = join(folder, 'fences');
  const copy = join(folder, 'copy');
  const scope = { tasks: [['add'], ['add']], fences: 1 } as const;
  const system = fenceCallers(scope);
  const { symmetry = [], views = [] } = system;
  explore(system.network, system.properties, { statesMax: 100, checkpoint: { file } });
  const [first, ...others] = system.properties.always ?? [];
  if (first === undefined) throw new Error('no claim');
  const changed: readonly (() => Exploration)[] = [
    () => resumed(fenceCallers({ ...scope, fences: 2 })),
    () => resumed({ ...system, properties: { ...system.properties, always: others } }),
    () =>
      resumed({ ...system, network: { ...system.network, moves: system.network.moves.slice(1) } }),
    () => resumed(system, { symmetry }),
    () => resumed(system, { views }),
  ];
  function resumed(
    { network: other, properties: claims }: typeof system,
    options: ExploreOptions = {},
  ) {
    copyFileSync(file, copy);
    return explore(other, claims, { ...options, checkpoint: { file: copy, resume: true } });
  }
  expect(resumed(system).complete).toBe(true);
  for (const search of changed) expect(search).toThrow('is of another search: ');
});
