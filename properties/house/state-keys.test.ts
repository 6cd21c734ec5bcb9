import { expect, test } from 'vitest';
import { Cell } from '../../impl/kernel/cell.ts';
import { Count } from '../../impl/kernel/count.ts';
import { Flags } from '../../impl/kernel/flags.ts';
import type { KernelObject } from '../../impl/kernel/object.ts';
import { PlainList, PlainTable, PlainWord } from '../../impl/kernel/plain.ts';
import { Pointer } from '../../impl/kernel/pointer.ts';
import type { World } from '../../impl/kernel/world.ts';
import { Fingerprint } from '../explore/stateful/fingerprint.ts';
import { LITMUS } from '../litmus/index.ts';
import { Run } from '../run/run.ts';
import { FIRST } from '../schedules/strategy.ts';

// Two states with the same key are one for explorers. So each word of an object has to be part of
// what the object shows: it is changed behind everybody's back, and the key must be another one.

/** Words of objects that keys leave out, and why that is right. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'DmaBufs.inodes': 'so many buffers were made, which the results of calls tell',
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

class Looks {
  readonly shown = new Set<string>();
  readonly hidden = new Set<string>();
  private readonly print = new Fingerprint();

  lookAround(world: World): void {
    for (const object of world.memory.live()) {
      for (const [field, word] of Object.entries(object)) {
        const slot = WORDS.find(([kind]) => word instanceof kind)?.[1];
        const name = `${object.constructor.name}.${field}`;
        if (slot === undefined || this.shown.has(name)) continue;
        const isShown = this.tells(object, word, slot);
        if (isShown !== null) (isShown ? this.shown : this.hidden).add(name);
      }
    }
  }

  /** Null where there is nothing else that the word might say. */
  private tells(object: KernelObject, word: object, slot: string): boolean | null {
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

/** An empty list: what could stand in it is not known here. */
const NOTHING = Symbol('nothing');

/** What the word might say as well. */
function another(value: unknown, object: KernelObject): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'bigint') return value + 1n;
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return `${value}, or not`;
  if (Array.isArray(value)) return value.length === 0 ? NOTHING : value.slice(1);
  if (value instanceof Map) return value.size === 0 ? NOTHING : new Map([...value].slice(1));
  return value === null ? object : null;
}

test('every word of an object is part of its state, or is listed with a reason', () => {
  const looks = new Looks();
  for (const { program } of LITMUS) {
    new Run(program, {
      onStep: ({ world }) => looks.lookAround(world),
      onEnd: (world) => looks.lookAround(world),
    }).execute(FIRST);
  }
  expect(looks.shown.size).toBeGreaterThan(150);
  const hidden = [...looks.hidden].filter((name) => !looks.shown.has(name));
  expect(hidden.toSorted()).toEqual(Object.keys(LEFT_OUT));
});
