import { expect, test } from 'vitest';

import { ResvList } from '../../impl/dma-buf/resv-list.ts';
import { Cell } from '../../impl/kernel/cell.ts';
import { Count } from '../../impl/kernel/count.ts';
import { Flags } from '../../impl/kernel/flags.ts';
import { KernelObject } from '../../impl/kernel/object.ts';
import { PlainList, PlainTable, PlainWord } from '../../impl/kernel/plain.ts';
import { Pointer } from '../../impl/kernel/pointer.ts';
import { World } from '../../impl/kernel/world.ts';
import { Fingerprint } from '../explore/stateful/fingerprint.ts';
import { LITMUS } from '../litmus/index.ts';
import type { Program } from '../programs/program.ts';
import { PROPERTIES } from '../rules/registry.ts';
import { sample } from '../rules/sample.ts';
import { Run } from '../run/run.ts';
import { SCENARIOS } from '../scenarios/index.ts';
import { FIRST } from '../schedules/strategy.ts';

// Two states with the same key are one for explorers. So each word of an object has to be part of
// what the object shows: it is changed behind everybody's back, and the key must be another one.
// Words may also stand in parts of an object that are no objects of the kernel's own.

/** Words of objects that keys leave out, and why that is right. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'DmaBufs.inodes': 'so many buffers were made, which the results of calls tell',
  'ModeConfig.hardware.shown': 'the guest tells it to the host, and never reads it back',
  'Probe.scratch': 'it is written to have a step, and never read',
  'Storage.pins': "nobody pins the memory of a driver of one's own",
};

/** Where each kind of word keeps what it says. */
const WORDS = [
  [Cell, 'word'],
  [Count, 'count'],
  [Flags, 'word'],
  [Pointer, 'target'],
  [PlainWord, 'word'],
  [PlainList, 'items'],
  [PlainTable, 'words'],
] as const;

/** Parts of parts that are looked into. */
const DEPTH_MAX = 2;
/** What objects say changes slowly; looking takes longer than running. Unit: steps. */
const STEPS_BETWEEN_LOOKS = 20;

interface Word {
  readonly name: string;
  readonly word: object;
  /** The field of `word` that holds what it says. */
  readonly slot: string;
}

class Looks {
  readonly shown = new Set<string>();
  readonly hidden = new Set<string>();
  private readonly print = new Fingerprint();
  private steps = 0;

  passBy(world: World): void {
    this.steps += 1;
    if (this.steps % STEPS_BETWEEN_LOOKS === 0) this.lookAround(world);
  }

  lookAround(world: World): void {
    for (const object of world.memory.live()) {
      for (const found of wordsOf(object, object, object.constructor.name)) {
        if (this.shown.has(found.name)) continue;
        const isShown = this.tells(object, found);
        if (isShown !== null) (isShown ? this.shown : this.hidden).add(found.name);
      }
    }
  }

  /** Null where there is nothing else that the word might say. */
  private tells(object: KernelObject, { word, slot }: Word): boolean | null {
    const before = this.keyOf(object);
    const value: unknown = Reflect.get(word, slot);
    const other = another(value, object);
    if (other === NOTHING) return null;
    Reflect.set(word, slot, other);
    const after = this.keyOf(object);
    Reflect.set(word, slot, value);
    return after !== before;
  }

  private keyOf(object: KernelObject): string {
    const { print } = this;
    print.reset();
    print.part();
    object.visitState((_field, value) => print.add(value));
    print.part();
    return `${print.low} ${print.high}`;
  }
}

/** The words in an object and in its parts. What is an object itself shows its own. */
function* wordsOf(
  object: KernelObject,
  part: object,
  name: string,
  depth = DEPTH_MAX,
): Generator<Word> {
  for (const [field, value] of fieldsOf(part)) {
    if (typeof value !== 'object' || value === null) continue;
    const slot = WORDS.find(([kind]) => value instanceof kind)?.[1];
    const isOfOther = value instanceof KernelObject || value instanceof World;
    if (slot !== undefined && isIn(object, value)) {
      yield { name: `${name}${field}`, word: value, slot };
    } else if (slot === undefined && !isOfOther && depth > 0) {
      yield* wordsOf(object, value, `${name}${field}`, depth - 1);
    }
  }
}

/** With their names; those of a collection have none of their own. */
function fieldsOf(part: object): readonly (readonly [name: string, value: unknown])[] {
  const isCollection = Array.isArray(part) || part instanceof Map || part instanceof Set;
  if (isCollection) return Array.from<unknown>(part.values()).map((value) => ['', value]);
  return Object.entries(part).map(([name, value]) => [`.${name}`, value]);
}

/** Words know whose they are, and parts may refer to those of other objects. */
function isIn(object: KernelObject, word: object): boolean {
  const place: unknown = Reflect.get(word, 'place');
  return place === undefined || place === object;
}

/** An empty list: what could stand in it is not known here. */
const NOTHING = Symbol('nothing');

/** What the word might say as well. */
function another(value: unknown, object: KernelObject): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'bigint') return value + 1n;
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return `${value}, or not`;
  if (Array.isArray(value)) return value.length === 0 ? NOTHING : value.slice(1);
  if (value !== null) return null;
  // In a slot stands a value of several parts.
  return object instanceof ResvList ? NOTHING : object;
}

/** All that is small, and of the rest as much as takes seconds. */
const PROGRAMS: readonly Program[] = [
  ...LITMUS.map(({ program }) => program),
  ...SCENARIOS.flatMap(({ plays }) => plays.map(({ program }) => program)),
  ...sample(PROPERTIES).flatMap(({ programs }) => programs.slice(0, 1)),
];

test('every word of an object is part of its state, or is listed with a reason', () => {
  const looks = new Looks();
  for (const program of PROGRAMS) {
    new Run(program, {
      onStep: ({ world }) => looks.passBy(world),
      onEnd: (world) => looks.lookAround(world),
    }).execute(FIRST);
  }
  expect(looks.shown.size).toBeGreaterThan(300);
  const hidden = [...looks.hidden].filter((name) => !looks.shown.has(name));
  expect(hidden.toSorted()).toEqual(Object.keys(LEFT_OUT));
});
