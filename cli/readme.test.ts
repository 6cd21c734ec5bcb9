import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { RULES_BY_FAMILY } from '../model/rules/catalogue.ts';
import { declared } from './evidence.ts';
import { runHere } from './in-process.ts';

// What the documentation shows is what happens. `UPDATE_README=1 npx vitest run cli/readme` writes the
// generated parts anew.

const root = fileURLToPath(new URL('..', import.meta.url));
const home = process.cwd();
let folder = '';

const documents = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const readDocument = (name: string): string => readFileSync(join(root, name), 'utf8');

/** The commands of a document, one a line. */
function commandsOf(name: string): string[] {
  const blocks = [...readDocument(name).matchAll(/```sh\n([^]*?)```/g)];
  return blocks.flatMap(([, text = '']) => text.trim().split('\n'));
}

/** The words of a command, as a shell splits them. */
function wordsOf(command: string): string[] {
  return (command.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'|'$/g, ''));
}

/** These take long, and run in `.ci/run`, in system tests, or with more claims in `engines.test.ts`. */
const LONG: ReadonlySet<string> = new Set([
  'npx dmabuf-verify check',
  'npx dmabuf-verify check --fault ./my-fault.mjs',
  'npx dmabuf-verify check --kernel-6.12',
  'npx dmabuf-verify selftests',
  'npx dmabuf-verify campaign-worker --queue redis://127.0.0.1:6379',
  'npx dmabuf-verify campaign --time 90 --queue redis://127.0.0.1:6379',
]);
/** Those serve a page until they are killed: `explorer.system.test.ts` runs each of them. */
const SERVES = / --serve$/;
const isLong = (command: string): boolean => LONG.has(command) || SERVES.test(command);
/** Commands that show something broken. */
const BROKEN = /--fault|--kernel|^npx dmabuf-verify replay|(?:driver|check-ftrace) \S+wrong-/;
/** Patches that are right have the form of faults, and nothing is found. */
const SOUND = /--fault \.\/settled-wait/;
/** The modules of examples that commands name, as a checkout has them once it is built. */
const EXAMPLES = 'docs/examples';
const TRACE_NAME = /FENCE-046-[0-9a-f]{6}/g;

/** A block that is a module, with its name in the first line. */
const MODULE = /```js\n(\/\/ (\S+\.mjs)\n[^]*?)```/g;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-readme-'));
  mkdirSync(join(folder, 'traces/found'), { recursive: true });
  copyFileSync(
    join(root, 'traces/corpus/lost-callback.json'),
    join(folder, 'traces/found/FENCE-046-000000.json'),
  );
  mkdirSync(join(folder, 'traces/kept'));
  const kept = 'traces/kept/KERN-SYNCOBJ-01.json';
  copyFileSync(join(root, kept), join(folder, kept));
  for (const name of ['docs/faults.md', 'docs/port-your-patch.md']) {
    for (const [, source = '', file = ''] of readDocument(name).matchAll(MODULE)) {
      writeFileSync(join(folder, file), source);
    }
  }
  mkdirSync(join(folder, 'dist', EXAMPLES), { recursive: true });
  mkdirSync(join(folder, EXAMPLES), { recursive: true });
  for (const name of ['wrong-fences.json', 'ftrace.log', 'wrong-ftrace.log']) {
    copyFileSync(join(root, EXAMPLES, name), join(folder, EXAMPLES, name));
  }
  for (const name of readdirSync(join(root, EXAMPLES)).filter((file) => file.endsWith('.ts'))) {
    const built = join('dist', EXAMPLES, name.replace(/ts$/, 'js'));
    const isBuilt = process.env['TESTED_FILES'] === 'built';
    const source = pathToFileURL(join(root, isBuilt ? built : join(EXAMPLES, name))).href;
    writeFileSync(join(folder, built), `export * from '${source}';\n`);
  }
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

const commands = new Map(
  documents.flatMap((name) => commandsOf(name).map((command) => [command, name])),
);
const short = [...commands].filter(
  ([command]) => command.startsWith('npx dmabuf-verify ') && !isLong(command),
);

describe('commands', () => {
  test.each(short)('%s (%s)', async (command) => {
    const words = wordsOf(command).slice(2);
    const { status, stdout, stderr } = await runHere(...words);
    expect(stderr).not.toContain('dmabuf-verify: ');
    expect(stdout).not.toBe('');
    // Recordings that are cut make a comparison partial.
    const isBroken = BROKEN.test(command) && !SOUND.test(command);
    expect(isBroken ? [1] : [0, 4]).toContain(status);
  });

  test('that call npm name scripts that are there', () => {
    const { scripts } = JSON.parse(readDocument('package.json')) as { scripts: object };
    const known = new Set(['ci', 'test', ...Object.keys(scripts).map((name) => `run ${name}`)]);
    const others = [...commands.keys()].filter(
      (command) => !short.some(([own]) => own === command),
    );
    for (const command of others.filter((line) => !isLong(line))) {
      for (const part of command.split(' && ')) {
        const [script = ''] = part.split(' -- ');
        expect(script).toMatch(/^npm /);
        expect(known).toContain(script.slice('npm '.length));
      }
    }
  });
});

/** A step of a workflow, as far as it is looked at. */
interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: { readonly sarif_file?: string; readonly path?: string };
}

test('the workflow uploads what its check writes', async () => {
  const [, block = ''] = /```yaml\n([^]*?)```/.exec(readDocument('README.md')) ?? [];
  const { jobs } = parse(block) as { jobs: { check: { steps: readonly Step[] } } };
  const { steps } = jobs.check;
  const [, words = ''] =
    steps.map(({ run = '' }) => /^npm run check -- (.+)$/.exec(run)).find(Boolean) ?? [];
  // All of it would take as long as all of it does; what is written is the same.
  const { status } = await runHere('check', 'FENCE-046', ...words.split(' '));
  expect(status).toBe(0);
  const uploaded = steps.flatMap(({ with: { sarif_file: sarif = '', path = '' } = {} }) =>
    `${sarif}\n${path}`.split('\n').filter(Boolean),
  );
  expect(uploaded).toHaveLength(4);
  for (const file of uploaded) expect(existsSync(join(folder, file)), file).toBe(true);
});

/** Holds what stands between two marks against what should stand there, or writes it. */
function expectGenerated(mark: string, wanted: string): void {
  const file = join(root, 'README.md');
  const text = readFileSync(file, 'utf8');
  const [start, end] = [`<!-- ${mark} -->\n`, `<!-- /${mark} -->`];
  const from = text.indexOf(start) + start.length;
  const to = text.indexOf(end);
  expect(from).toBeGreaterThan(start.length);
  expect(to).toBeGreaterThanOrEqual(from);
  if (process.env['UPDATE_README'] === '1') {
    writeFileSync(file, text.slice(0, from) + wanted + text.slice(to));
    return;
  }
  expect(text.slice(from, to)).toBe(wanted);
}

test('the first screen is what the tool prints', async () => {
  const [command = ''] = commandsOf('README.md');
  const { stdout } = await runHere(...command.split(' ').slice(2));
  // The name of a trace changes with the code; nothing else may. Further findings are left out.
  const [, first = ''] = /^([^]*?\n {2}replay .*)$/m.exec(stdout) ?? [];
  const shown = first.replaceAll(TRACE_NAME, 'FENCE-046-000000');
  expectGenerated('example', `\n\`\`\`text\n${shown}\n\`\`\`\n\n`);
});

test('the table of families is that of the catalogue', () => {
  const rows: string[][] = [['family', 'rules', 'with a property']];
  for (const [name, rules] of RULES_BY_FAMILY) {
    rows.push([name, String(rules.length), String(declared(name))]);
  }
  expectGenerated('families', `\n${table(rows)}\n`);
});

/** As prettier writes it. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1, 2].map((at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  const padded = rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)));
  const rule = widths.map((width) => '-'.repeat(width));
  const [head = [], ...body] = padded;
  return [head, rule, ...body].map(line).join('');
}

test('links inside the documentation lead somewhere', () => {
  for (const name of documents) {
    for (const [, target = ''] of readDocument(name).matchAll(/\]\(([^)#]+)\)/g)) {
      const base = join(root, name.startsWith('docs/') ? 'docs' : '.');
      expect(existsSync(join(base, target)), `${name}: ${target}`).toBe(true);
    }
  }
});
