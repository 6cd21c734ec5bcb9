import fc from 'fast-check';
import mermaid from 'mermaid';
import { expect, test } from 'vitest';

import { arbitraryTrace } from '../arbitrary-trace.ts';
import { exportedOf, keptOf } from './exported.ts';
import { MERMAID } from './mermaid.ts';

/** What the parser has found in a diagram. */
interface Found {
  getActors(): ReadonlyMap<string, unknown>;
  getMessages(): readonly unknown[];
}

/** Who takes part, and how much is said. */
async function read(diagram: string): Promise<{ actors: number; messages: number }> {
  expect(await mermaid.parse(diagram)).toMatchObject({ diagramType: 'sequence' });
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(diagram);
  const found = db as unknown as Found; // diagrams of another type have other answers
  return { actors: found.getActors().size, messages: found.getMessages().length };
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

test('tells a race as its lanes do', () => {
  const lines = MERMAID.write(keptOf('golden/race')).split('\n  ');
  expect(lines.slice(0, 7)).toEqual([
    'sequenceDiagram',
    'participant L0 as A',
    'participant L1 as B',
    'Note over L0: fence.addCallback(f1, cb1)',
    'L0->>L0: 1 test f1.flags',
    'Note over L0: preempted by B',
    'Note over L1: fence.signal(f1)',
  ]);
  expect(lines[7]).toBe(
    'L1->>L1: 2 spin_lock f1.issuer.lock<br/>f1.lock free → B<br/>the deciding choice',
  );
});
