import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { arbitraryTrace } from '../arbitrary-trace.ts';
import { exportedOf, keptOf } from './exported.ts';
import { MERMAID } from './mermaid.ts';

/** As much of Mermaid as is asked here. It is large, and has a package of its own: `readers/`. */
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

let folder = '';
let mermaid: Mermaid;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-readers-'));
  cpSync(fileURLToPath(new URL('readers', import.meta.url)), folder, { recursive: true });
  execFileSync('npm', ['ci', '--silent', '--no-audit', '--no-fund'], { cwd: folder });
  const entry = join(folder, 'node_modules/mermaid/dist/mermaid.core.mjs');
  const loaded: { readonly default: Mermaid } = await import(
    /* @vite-ignore */ pathToFileURL(entry).href
  );
  mermaid = loaded.default;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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
