import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, test } from 'vitest';

// The mistakes that only lint can see are seeded here, each with its control. All files are linted
// in one run, because starting the type checker takes most of the time.

const root = fileURLToPath(new URL('../..', import.meta.url));
const found = new Map<string, string[]>();
let copy = '';

const callers = {
  kept: 'yield* callee();',
  statement: 'callee();',
  discarded: 'void callee();',
  condition: 'if (callee()) return 1;',
};

const allowed = [
  ['impl/kernel', '../../model/events.ts'],
  ['impl/kernel', './access.ts'],
  ['model', './events.ts'],
  ['model', './rules/catalogue.ts'],
  ['traces', '../model/events.ts'],
  ['properties', '../impl/kernel/access.ts'],
  ['properties', '../model/rules/catalogue.ts'],
  ['properties', '../traces/schema.ts'],
  ['cli', '../bench/main.ts'],
] as const;

const forbidden = [
  ['impl/kernel', '../../model/fence.ts'],
  ['impl/kernel', '../../model/rules/catalogue.ts'],
  ['impl/kernel', '../../properties/index.ts'],
  ['model', '../impl/kernel/access.ts'],
  ['model', '../traces/schema.ts'],
  ['traces', '../model/rules/catalogue.ts'],
  ['traces', '../impl/kernel/access.ts'],
  ['properties', '../cli/main.ts'],
  ['bench', '../cli/main.ts'],
] as const;

const caller = (line: string): string => `
  import type { KernelTask } from './access.ts';

  export function* caller(callee: () => KernelTask<number>): KernelTask<number> {
    ${line}
    return yield* callee();
  }
`;

const callerFile = (name: string): string => `impl/kernel/seeded-${name}.ts`;
const importFile = (room: string, source: string): string =>
  `${room}/seeded-${source.replaceAll(/[^a-z]+/g, '-')}.ts`;

const circles = {
  red: "import { blue } from './seeded-blue.ts';\nexport const red = (): unknown => blue;\n",
  blue: "import { red } from './seeded-red.ts';\nexport const blue = (): unknown => red;\n",
  // Types leave no import behind, so two files may name each other's.
  left: "import type { Right } from './seeded-right.ts';\nexport type Left = Right | 0;\n",
  right: "import type { Left } from './seeded-left.ts';\nexport type Right = Left[];\n",
};
const circleFile = (name: string): string => `model/seeded-${name}.ts`;

function seed(place: string, text: string): void {
  mkdirSync(dirname(join(copy, place)), { recursive: true });
  writeFileSync(join(copy, place), text);
  found.set(place, []);
}

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'dmabuf-verify-lint-'));
  // The copy holds the real task type, so that a lost phantom `then` fails here too.
  for (const name of ['.oxlintrc.json', 'package.json', 'tsconfig.json', 'impl', 'model']) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));

  for (const [name, line] of Object.entries(callers)) seed(callerFile(name), caller(line));
  for (const [room, source] of [...allowed, ...forbidden]) {
    seed(importFile(room, source), `export type * from '${source}';\n`);
  }

  for (const [name, text] of Object.entries(circles)) seed(circleFile(name), text);

  const oxlint = join(root, 'node_modules', 'oxlint', 'bin', 'oxlint');
  const args = [oxlint, '--type-aware', '--format', 'json', ...found.keys()];
  const run = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
  expect(run.status).toBe(1);
  const report = JSON.parse(run.stdout) as { diagnostics: { code: string; filename: string }[] };
  for (const { code, filename } of report.diagnostics) found.get(filename)?.push(code);
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

test('a call of a task passes with its yield*', () => {
  expect(found.get(callerFile('kept'))).toEqual([]);
});

test.each([
  ['statement', 'no-floating-promises'],
  ['discarded', 'no-floating-promises'],
  ['condition', 'no-misused-promises'],
])('a dropped yield* is an error: %s', (name, broken) => {
  expect(found.get(callerFile(name))).toEqual([`typescript(${broken})`]);
});

test.each(allowed)('%s may import %s', (room, source) => {
  expect(found.get(importFile(room, source))).toEqual([]);
});

test.each(forbidden)('%s may not import %s', (room, source) => {
  expect(found.get(importFile(room, source))).toEqual(['eslint(no-restricted-imports)']);
});

test.each(['red', 'blue'])('a circle of imports is an error: %s', (name) => {
  expect(found.get(circleFile(name))).toEqual(['import(no-cycle)']);
});

test.each(['left', 'right'])('a circle of types passes: %s', (name) => {
  expect(found.get(circleFile(name))).toEqual([]);
});
