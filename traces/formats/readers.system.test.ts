import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { arbitraryTrace } from '../arbitrary-trace.ts';
import { exportedOf, keptOf } from './exported.ts';
import { ITF } from './itf.ts';
import { MERMAID } from './mermaid.ts';

// Readers that are large have a package of their own, `readers/`, which is installed here.

/** As much of Mermaid as is asked here. */
interface Mermaid {
  parse(diagram: string): Promise<unknown>;
  readonly mermaidAPI: {
    getDiagramFromText(diagram: string): Promise<{ readonly db: Found }>;
  };
}

/** What the parser has found in a diagram. */
interface Found {
  getActors(): ReadonlyMap<string, unknown>;
  getMessages(): readonly unknown[];
}

/** What Quint makes of a state: a record of its variables, or whatever else it takes a value for. */
interface Expression {
  readonly kind: string;
  readonly opcode?: string;
  readonly args?: readonly { readonly kind: string; readonly value?: unknown }[];
}

interface Quint {
  ofItf(itf: unknown): readonly Expression[];
}

let folder = '';
let mermaid: Mermaid;
let quint: Quint;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-readers-'));
  cpSync(fileURLToPath(new URL('readers', import.meta.url)), folder, { recursive: true });
  execFileSync('npm', ['ci', '--silent', '--no-audit', '--no-fund'], { cwd: folder });
  mermaid = (await loaded<{ readonly default: Mermaid }>('mermaid/dist/mermaid.core.mjs')).default;
  quint = await loaded<Quint>('@informalsystems/quint/dist/src/itf.js');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A module of one of the readers. */
async function loaded<Module>(path: string): Promise<Module> {
  const url = pathToFileURL(join(folder, 'node_modules', path)).href;
  return (await import(/* @vite-ignore */ url)) as Module; // the version is pinned
}

/** Who takes part, and how much is said. */
async function read(diagram: string): Promise<{ actors: number; messages: number }> {
  expect(await mermaid.parse(diagram)).toMatchObject({ diagramType: 'sequence' });
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(diagram);
  return { actors: db.getActors().size, messages: db.getMessages().length };
}

test('the parser of Mermaid takes every diagram, and finds no other statements in it', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryTrace, async (trace) => {
      const diagram = MERMAID.write(exportedOf(trace));
      const lanes = Math.max(1, new Set(trace.steps.map(({ task }) => task)).size);
      const lines = diagram.trimEnd().split('\n');
      const messages = lines.length - 1 - lanes;
      expect(await read(diagram)).toEqual({ actors: lanes, messages });
      for (const line of lines.slice(1)) {
        expect(line).toMatch(
          /^ {2}(?:participant L\d+ as |Note over L\d+(?:,L\d+)?: |L\d+(?:->>|-\))L\d+: )[^:;%<>"]/,
        );
      }
    }),
    { numRuns: 100, seed: 1 },
  );
});

test('the parser refuses what is no diagram', async () => {
  await expect(mermaid.parse('sequenceDiagram\n  A->>: x')).rejects.toThrow(/Parse error/);
});

test.each(['golden/race', 'golden/deadlock', 'kept/BUG-RESV-02'])('%s', async (name) => {
  const exported = keptOf(name);
  const tasks = new Set(exported.trace.steps.map(({ task }) => task));
  const { actors, messages } = await read(MERMAID.write(exported));
  expect(actors).toBe(tasks.size);
  expect(messages).toBeGreaterThanOrEqual(exported.trace.steps.length);
});

/** The variables of a state, as Quint has read them. */
function variablesOf({ kind, opcode, args = [] }: Expression): readonly string[] {
  expect([kind, opcode]).toEqual(['app', 'Rec']);
  return args.filter((_arg, index) => index % 2 === 0).map(({ value }) => String(value));
}

const VARIABLES = ['access', 'calls', 'events', 'fields', 'returned', 'task', 'violations'];

test.each(['golden/race', 'golden/deadlock', 'kept/BUG-RESV-02', 'kept/BUG-KMS-03'])(
  'Quint reads every state of %s',
  (name) => {
    const exported = keptOf(name);
    const states = quint.ofItf(JSON.parse(ITF.write(exported)));
    expect(states).toHaveLength(exported.trace.steps.length + 1);
    for (const state of states) expect(variablesOf(state).toSorted()).toEqual(VARIABLES);
  },
);

test('Quint reads what any trace says', () => {
  fc.assert(
    fc.property(arbitraryTrace, (trace) => {
      const document: unknown = JSON.parse(ITF.write(exportedOf(trace)));
      expect(quint.ofItf(document)).toHaveLength(trace.steps.length + 1);
    }),
    { numRuns: 100, seed: 1 },
  );
});

test('Quint refuses what is no state', () => {
  expect(() => quint.ofItf({ vars: ['x'], states: [{ x: null }] })).toThrow();
});
