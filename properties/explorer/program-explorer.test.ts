import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { OfferedChoice } from '../../traces/explorer/state.ts';
import { VIEW } from '../../traces/viewer/view-schema.ts';
import { replay } from '../check/replay.ts';
import type { Fault } from '../faults/fault.ts';
import { findFault } from '../faults/registry.ts';
import { runLitmus } from '../litmus/run-litmus.ts';
import type { Litmus } from '../litmus/litmus.ts';
import { programOf } from '../litmus/tested-by.ts';
import { program } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import { WrongOrder } from './explorer.ts';
import { ProgramExplorer } from './program-explorer.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-driven-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function known<T>(found: T | null | undefined): T {
  if (found === null || found === undefined) throw new Error('it is not there any more');
  return found;
}

const addSignal = known(programOf('litmus/race-02-add-signal'));
const noSecondLook = known(findFault('fence-046-no-second-look'));
const explorerOf = (one: Program, fault: Fault | null = null): ProgramExplorer =>
  new ProgramExplorer({ program: one, fault });

/** Lets the tasks with these names make a step each, in turn. */
async function drive(explorer: ProgramExplorer, names: string): Promise<void> {
  for (const name of names) {
    const { choices, position } = await explorer.state();
    const choice = choices.findIndex(({ who }) => who === name);
    explorer.follow({ kind: 'choose', choice, position });
  }
}

const text = ({ who, text: access, note }: OfferedChoice): string => `${who} ${access} ${note}`;

describe('what can happen next', () => {
  test('is every choice of the world, and says who is preempted', async () => {
    const explorer = explorerOf(addSignal);
    const first = await explorer.state();
    expect(first.choices.map(text)).toEqual(['A test f.flags ', 'B spin_lock f.issuer.lock ']);
    await drive(explorer, 'B');
    const second = await explorer.state();
    expect(second.choices.map(text)).toEqual([
      'B set f.flags goes on',
      'A test f.flags preempts B',
    ]);
  });

  test('is a step of its own where there is one choice only', async () => {
    const explorer = explorerOf(addSignal);
    await drive(explorer, 'AB');
    const { choices, position } = await explorer.state();
    // A waits for the lock that B holds.
    expect(choices.map(text)).toEqual(['B set f.flags goes on']);
    expect(position).toBe(2);
  });

  test('also when an allocation can fail', async () => {
    const one = program('failing', {
      world: { failuresMax: 1 },
      setup: 'f = fence.create()',
      tasks: { A: 's = syncFile.create(f)' },
    });
    const explorer = explorerOf(one);
    const { choices } = await explorer.state();
    expect(choices.map(text).join('\n')).toMatch(/\(outcome 1\).*the allocation fails$/m);
  });
});

describe('the run so far', () => {
  test('is shown as far as it goes, and held against the schema of views', async () => {
    const explorer = explorerOf(addSignal);
    await drive(explorer, 'ABBBB');
    const { view } = await explorer.state();
    expect(VIEW.parse(view)).toEqual(view);
    expect(view.steps.lane).toEqual([0, 1, 1, 1, 1]);
    expect(view.objects.map(({ name }) => name)).toEqual(['f', 'cb']);
  });

  test('is taken back and made again, and forgotten when another way is chosen', async () => {
    const explorer = explorerOf(addSignal);
    await drive(explorer, 'ABB');
    const before = await explorer.state();
    explorer.follow({ kind: 'jump', position: 1 });
    const back = await explorer.state();
    expect([back.position, back.known]).toEqual([1, 3]);
    explorer.follow({ kind: 'jump', position: 0 });
    // Looked at, so that what follows begins with a fresh run and is made at once.
    expect((await explorer.state()).view.steps.lane).toEqual([]);
    explorer.follow({ kind: 'jump', position: 3 });
    expect({ ...(await explorer.state()), said: '' }).toEqual({ ...before, said: '' });
    explorer.follow({ kind: 'jump', position: 1 });
    await drive(explorer, 'B');
    expect((await explorer.state()).known).toBe(3);
    explorer.follow({ kind: 'jump', position: 1 });
    await drive(explorer, 'A');
    expect((await explorer.state()).known).toBe(2);
  });

  test('is of one position, also when an order comes while it is made', async () => {
    const explorer = explorerOf(addSignal);
    await drive(explorer, 'A');
    const before = await explorer.state();
    const asked = explorer.state();
    explorer.follow({ kind: 'jump', position: 0 });
    expect(await asked).toEqual(before);
  });

  test('goes to the next moment at which a task can be preempted', async () => {
    const explorer = explorerOf(addSignal);
    await drive(explorer, 'B');
    explorer.follow({ kind: 'preemption', task: 'B' });
    const { position, choices } = await explorer.state();
    expect(position).toBe(2);
    expect(choices.map(({ note }) => note)).toEqual(['goes on', 'preempts B']);
  });
});

describe('what is wrong', () => {
  test('is nothing yet, then what will be, then what is', async () => {
    const explorer = explorerOf(addSignal, noSecondLook);
    expect((await explorer.state()).plainEnd.findings).toEqual([]);
    await drive(explorer, 'AB');
    const doomed = await explorer.state();
    expect(doomed.broken).toEqual([]);
    expect(doomed.plainEnd.findings.map(({ name }) => name)).toContain('FENCE-042, FENCE-044');
    await drive(explorer, 'BBBAA');
    const over = await explorer.state();
    expect(over.choices).toEqual([]);
    expect(over.broken.map(({ name }) => name)).toContain('FENCE-042, FENCE-044');
    expect(over.plainEnd).toMatchObject({ steps: 7, outcome: 'A:0 B:0', findings: [] });
  });

  test('is searched from here on, whatever was done before', async () => {
    const explorer = explorerOf(addSignal, noSecondLook);
    await drive(explorer, 'B');
    explorer.follow({ kind: 'find' });
    const found = await explorer.state();
    expect(found.broken).not.toEqual([]);
    expect(found.view.steps.lane[0]).toBe(1);
    expect(found.said).toMatch(/^A violation after \d+ runs: FENCE-043/);
  });

  test('is not found where nothing is wrong, and the bounds are said', async () => {
    const explorer = explorerOf(addSignal);
    explorer.follow({ kind: 'find' });
    const { said, position } = await explorer.state();
    expect(said).toMatch(/^No violation from here within these bounds: \d+ runs; /);
    expect(said).toContain('there is no other way to go on from here');
    expect(position).toBe(0);
  });
});

test('a search says no more than it has covered', async () => {
  const tasks = { A: 'fence.signal(f)', B: 'fence.wait(f)', C: 'fence.wait(f)' };
  const explorer = explorerOf(program('wide', { setup: 'f = fence.create()', tasks }));
  explorer.follow({ kind: 'find' });
  const { said } = await explorer.state();
  expect(said).toMatch(/: \d+ runs; all ways to go on with at most \d more preemptions?, /);
  // The orderly search leaves steps for them.
  expect(said).toMatch(/, [1-9]\d* random runs?(, stopped after 100000 steps)?\.$/);
});

describe('what is kept', () => {
  test('is a trace that replays, when something is wrong', async () => {
    const explorer = explorerOf(addSignal, noSecondLook);
    await drive(explorer, 'AB');
    const kept = explorer.follow({ kind: 'save', as: 'trace' });
    if (kept?.kind !== 'trace') throw new Error('expected a trace');
    expect(kept.trace.steps.map(({ task }) => task).join('')).toBe('ABBBBAA');
    expect(kept.trace.verdict.bounds).toBe('driven by hand');
    expect(replay(kept.trace, noSecondLook).kind).toBe('identical');
    expect(replay(kept.trace, null).kind).not.toBe('identical');
  });

  test('is no trace, when nothing is', () => {
    const save = (): unknown => explorerOf(addSignal).follow({ kind: 'save', as: 'trace' });
    expect(save).toThrow(WrongOrder);
    expect(save).toThrow('nothing is wrong in this run');
  });

  test.each([
    ['AB', 'A -ENOENT; B 0', 'A 1 step, B 1 step'],
    ['', 'A 0; B 0', 'no step'],
  ])('is a litmus program with the outcome of %j', async (names, outcome, why) => {
    const explorer = explorerOf(addSignal);
    await drive(explorer, names);
    const kept = explorer.follow({ kind: 'save', as: 'litmus' });
    if (kept?.kind !== 'text') throw new Error('expected a text');
    expect(kept.text).toContain(`outcome('${outcome}'`);
    expect(kept.text).toContain(`driven by hand: ${why}`);
    const driven = await moduleOf(kept.text);
    expect(driven.program).toMatchObject({ tasks: addSignal.tasks, setup: addSignal.setup });
    expect(runLitmus(driven).seen.has(outcome)).toBe(true);
  });

  test('keeps worlds, interrupts and other processes of a program', async () => {
    const one = program('mine', {
      world: { time: 'free', interruptionsMax: 1 },
      setup: 'f = fence.create(); sys.fork(child)',
      tasks: { A: 'fence.wait(f)', 'irq@A': 'fence.signal(f)', 'child/B': 'fence.signal(f)' },
    });
    const kept = explorerOf(one).follow({ kind: 'save', as: 'litmus' });
    if (kept?.kind !== 'text') throw new Error('expected a text');
    const driven = await moduleOf(kept.text);
    const { name: _, rule: __, ...rest } = one;
    expect(driven.program).toMatchObject(rest);
  });
});

/** Loads a module that was kept, with this library in place of the installed one. */
async function moduleOf(source: string): Promise<Litmus> {
  const library = pathToFileURL(fileURLToPath(new URL('../index.ts', import.meta.url))).href;
  const file = join(mkdtempSync(join(folder, 'kept-')), 'driven.js');
  const [, declared = ''] = /^([^]*?)\nconst \{ missing/.exec(source) ?? [];
  writeFileSync(file, declared.replace("'dmabuf-verify'", `'${library}'`));
  const loaded = (await import(pathToFileURL(file).href)) as { readonly driven: Litmus };
  return loaded.driven;
}

test('a step that the program cannot make is refused, and changes nothing', async () => {
  const early = program('early', {
    setup: 'g = fence.create()',
    tasks: { A: 'f = fence.create()', B: 'fence.signal(g); fence.signal(f)' },
  });
  const explorer = explorerOf(early);
  const before = await explorer.state();
  const choice = before.choices.findIndex(({ who }) => who === 'B');
  expect(() => explorer.follow({ kind: 'choose', choice, position: 0 })).toThrow(WrongOrder);
  expect(await explorer.state()).toEqual(before);
});

test.each([
  [{ kind: 'choose', choice: 7, position: 0 } as const, /no choice 7/],
  [{ kind: 'choose', choice: 0, position: 3 } as const, /offered at step 3; this is 0/],
  [{ kind: 'jump', position: 1 } as const, /no step 1; 0 are known/],
  [{ kind: 'preemption', task: 'nobody' } as const, /no task nobody/],
])('%j is refused, and changes nothing', async (order, message) => {
  const explorer = explorerOf(addSignal);
  const before = await explorer.state();
  expect(() => explorer.follow(order)).toThrow(WrongOrder);
  expect(() => explorer.follow(order)).toThrow(message);
  expect(await explorer.state()).toEqual(before);
});
