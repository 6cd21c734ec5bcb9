import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MUTATED, mutateYields } from './mutation/mutate.ts';
import { PRIMITIVES, rewrite } from './mutation/points.ts';
import { SILENT_POINTS } from './silent-points.ts';
import { judgeMutation, LISTED_SHARE_MAX } from './yield-mutation.ts';

const DIST = join(import.meta.dirname, '..', '..', 'dist');

/** A run takes about 20 s of processor time; other tests may run beside it. */
const MUTATION_TIMEOUT_MS = 180_000;

test(
  'every preemption point matters to some litmus program, or is listed with a reason',
  async () => {
    if (!existsSync(join(DIST, 'impl')))
      throw new Error('run `npm run build` first: dist/ is empty');
    const verdict = judgeMutation(await mutateYields(DIST));
    expect(verdict.survivors).toEqual([]);
    expect(verdict.stale).toEqual([]);
    expect(verdict.listed).toHaveLength(Object.keys(SILENT_POINTS).length);
    expect(verdict.listed.length).toBeLessThanOrEqual(verdict.total * LISTED_SHARE_MAX);
  },
  MUTATION_TIMEOUT_MS,
);

/** What a pattern finds in compiled files of one folder. */
function namesIn(folder: string, pattern: RegExp, wanted: RegExp = /^/): string[] {
  const files = readdirSync(join(DIST, 'impl', folder)).filter(
    (file) => file.endsWith('.js') && wanted.test(file),
  );
  return files.flatMap((file) => {
    const text = readFileSync(join(DIST, 'impl', folder, file), 'utf8');
    return [...text.matchAll(pattern)].map(([, name = '']) => name);
  });
}

describe('rewriting', () => {
  const source = `export class Box extends Thing {
    *open() {
        if (yield* this.flags.test(OPEN)) return (yield* this.count.read());
        yield this.looked;
        yield* this.unpack(yield* this.flags.test(FULL));
        yield* this.read();
        this.hooks.push(() => this.queue.wakeUp());
    }
}`;

  test('leaves no step of the kernel out but the choices of nature', () => {
    const generators = new Set(namesIn('kernel', /^ {4}\*(\w+)\(/gm));
    const ofMutated = (pattern: RegExp): string[] =>
      MUTATED.flatMap(({ folder, files }) => namesIn(folder, pattern, files));
    const called = ofMutated(/(?:yield\*|=>) [\w.]+\.(\w+)\(/g);
    const own = new Set(ofMutated(/^ {4}\*(\w+)\(/gm));
    const missed = called.filter(
      (name) => generators.has(name) && !PRIMITIVES.has(name) && !own.has(name),
    );
    // A callback's function is called by `node.run`; its own steps are points where it stands.
    expect(new Set(missed)).toEqual(new Set(['reserve', 'run']));
  });

  test('finds primitives and bare accesses, and nothing else', () => {
    const { points } = rewrite('box.js', source, 7);
    expect(points.map(({ number, name }) => `${number} ${name}`)).toEqual([
      '7 Box.open: flags.test',
      '8 Box.open: count.read',
      '9 Box.open: looked',
      '10 Box.open: flags.test #2',
      '11 Box.open: queue.wakeUp',
    ]);
  });

  test('puts a switch before each, and leaves the rest as it was', () => {
    const { text } = rewrite('box.js', source, 7);
    expect(text).toContain('if (yield* $at(7, this, this.flags.test(OPEN)))');
    expect(text).toContain('return (yield* $at(8, this, this.count.read()));');
    expect(text).toContain('yield* $atAccess(9, this, this.looked);');
    expect(text).toContain('yield* this.unpack(yield* $at(10, this, this.flags.test(FULL)));');
    expect(text).toContain('yield* this.read();');
    expect(text).toContain('() => $at(11, this, this.queue.wakeUp())');
  });
});
