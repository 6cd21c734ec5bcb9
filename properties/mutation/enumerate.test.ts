import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enumerateMutants } from './enumerate.ts';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'dmabuf-verify-mutants-'));
  for (const name of ['kernel', 'dma-buf'])
    mkdirSync(join(root, 'impl', name), { recursive: true });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function keysOf(source: string): Promise<readonly string[]> {
  writeFileSync(join(root, 'impl/kernel/box.ts'), source);
  const mutants = await enumerateMutants(root);
  return mutants.map(({ key }) => key.slice('impl/kernel/box.ts '.length));
}

test('are named by what they change, and numbered where that is the same', async () => {
  const keys = await keysOf('export const a = !b;\nexport const c = !b;\n');
  expect(keys).toEqual(['BooleanLiteral: !b → b', 'BooleanLiteral: !b → b #2']);
});

test('keep their names when other lines come before them', async () => {
  const source = 'export const a = b + 1;\n';
  expect(await keysOf(`\n\n${source}`)).toEqual(await keysOf(source));
});

test('leave out texts, statements that only assert, and errors with their conditions', async () => {
  expect(await keysOf("export const a = 'text';\n")).toEqual([]);
  expect(await keysOf('world.bugOn(a > 1, b);\nthis.lock.assertHeld(!a);\n')).toEqual([]);
  expect(await keysOf('function f() {\n  this.lock.assertHeld(!a);\n}\n')).toEqual([]);
  expect(await keysOf('if (a > 1) throw new Error(!b);\n')).toEqual([]);
  expect(await keysOf('if (a > 1) {\n  throw new Error(b);\n}\n')).toEqual([]);
});

test('keep warnings whose answer is used, and errors beside other things', async () => {
  expect(await keysOf('if (world.warnOn(!a)) b();\n')).toContain('BooleanLiteral: !a → a');
  expect(await keysOf('if (!a) throw new Error();\nelse b();\n')).toContain(
    'BooleanLiteral: !a → a',
  );
});
