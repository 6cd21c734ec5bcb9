import { describe, expect, test } from 'vitest';
import { INTACT } from '../../impl/stack.ts';
import { RULES } from '../../model/rules/catalogue.ts';
import { ScenariosStage } from '../check/stage-scenarios.ts';
import { CHECK_DEFAULTS } from '../check/options.ts';
import { runBatches } from '../parallel/batches.ts';
import { findFault } from '../faults/registry.ts';
import { ProgramError } from '../programs/operation.ts';
import { program } from '../programs/parse.ts';
import { runOnce } from '../run/explore.ts';
import { FIRST } from '../schedules/strategy.ts';
import { playOfProgram } from './find.ts';
import { SCENARIOS } from './index.ts';
import { judgePlay } from './judge-play.ts';
import { maze } from './maze/maze.ts';
import { Identities } from './maze/identities.ts';
import { runPlay } from './run-play.ts';
import { drawn, type Play, scenario, seeded } from './scenario.ts';

describe('every scenario', () => {
  const plays = SCENARIOS.flatMap((one) => one.plays);
  const variants = SCENARIOS.flatMap((one) => one.variants);

  test('has plays, a variant that must break, and ids of their own', () => {
    const ids = [...plays, ...variants].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const one of SCENARIOS) {
      expect(one.plays.some(({ size }) => size === 'small')).toBe(true);
      expect(one.variants.length).toBeGreaterThan(0);
      expect(one.text.length).toBeGreaterThan(100);
    }
  });

  test('names rules and faults that there are, and is found by its programs', () => {
    const rules = new Set<string>(RULES.map(({ id }) => id));
    for (const { breaks, awaits, fault, play } of variants) {
      for (const rule of [...breaks, ...awaits]) expect(rules).toContain(rule);
      if (fault !== null) expect(findFault(fault)).not.toBeNull();
      expect(playOfProgram(play.program)).toBe(play);
    }
    for (const { awaits } of SCENARIOS) for (const rule of awaits) expect(rules).toContain(rule);
    for (const play of plays) expect(playOfProgram(play.program)).toBe(play);
  });
});

describe('a scenario that is tampered with', () => {
  const crossing = scenario({
    name: 'scn-00',
    title: 'a signal',
    text: 'A fence signals.',
    plays: [
      {
        program: (name) =>
          program(name, {
            setup: 'f = fence.create()',
            tasks: { A: 'fence.signal(f)', B: 's = fence.getStatus(f)' },
          }),
        schedules: [{ kind: 'all', runsMax: 100 }],
        expectations: [
          {
            rules: ['FENCE-001'],
            holds: (run) => (run.resultsOf('B')[0] === 1 ? null : 'it is pending'),
          },
        ],
        witness: { pending: { when: (run) => run.resultsOf('B')[0] === 0, atLeast: 1 } },
      },
    ],
    variants: [],
  });
  const [play] = crossing.plays;
  if (play === undefined) throw new Error('the scenario has no play');

  test('tells how a run ended, with the rule', () => {
    const { broken } = runPlay(play, { types: INTACT, seed: 1 });
    expect(broken.map(({ finding }) => [finding.rules, finding.message])).toEqual([
      [['FENCE-001'], 'it is pending'],
    ]);
  });

  test('counts witnesses, and says how far it came', () => {
    const held = { ...play, expectations: [] };
    const { broken, complete, witnesses } = runPlay(held, { types: INTACT, seed: 1 });
    expect(broken).toEqual([]);
    expect(complete).toBe('all');
    expect(witnesses['pending']).toBeGreaterThan(0);
  });

  test('names end-to-end rules for what judges find, and leaves what it allows', () => {
    const leaving = {
      ...play,
      expectations: [],
      program: program('left', { tasks: { A: 'f = fence.create(); fence.wait(f)' } }),
    };
    const rulesOf = (one: typeof leaving): readonly string[] =>
      runPlay(one, { types: INTACT, seed: 1 }).broken.flatMap(({ finding }) => finding.rules);
    expect(rulesOf(leaving)).toEqual(['E2E-012']);
    expect(rulesOf({ ...leaving, forbids: { deadlock: ['FENCE-001'] } })).toContain('FENCE-001');
    expect(rulesOf({ ...leaving, allows: ['deadlock'] })).toEqual([]);
    const allowing = (says: string): typeof leaving => ({
      ...leaving,
      allowsInFreeTime: [{ judge: 'deadlock', says }],
    });
    expect(rulesOf(allowing('nobody wakes it'))).toEqual(['E2E-012']);
    const { program: left } = leaving;
    const free = { ...left, world: { ...left.world, time: 'free' as const } };
    expect(rulesOf({ ...allowing('nobody wakes it'), program: free })).toEqual([]);
    expect(rulesOf({ ...allowing('something else'), program: free })).toEqual(['E2E-012']);
  });

  test('holds what cannot be looked at against its own program, and against no smaller one', () => {
    const holds = (): never => {
      throw new ProgramError('there is no f');
    };
    const strict: Play = { ...play, expectations: [{ rules: ['FENCE-001'], holds }] };
    const { broken } = runPlay(strict, { types: INTACT, seed: 1 });
    expect(broken[0]?.finding.message).toBe('what is looked at is missing: there is no f');
    const smaller = { ...play.program, tasks: play.program.tasks.slice(1) };
    const run = runOnce(smaller, FIRST, { judges: [] });
    expect(judgePlay(strict, run)).toEqual([]);
  });

  test('draws other schedules for another seed', () => {
    expect(seeded(drawn(5), 7)).toEqual({ kind: 'random', runs: 5, seed: 7 });
    const bounded = { kind: 'bounded', preemptions: 1, runsMax: 2 } as const;
    expect(seeded(bounded, 7)).toBe(bounded);
  });
});

describe('the stage', () => {
  test('plays what a pattern picks, and none of the others', () => {
    const stage = new ScenariosStage({ ...CHECK_DEFAULTS, pattern: 'scenario/scn-09' });
    runBatches(stage);
    const { findings, weak, scenarios } = stage.result();
    expect(findings).toEqual([]);
    expect(weak).toEqual([]);
    expect(scenarios.total).toBe(1);
    expect(scenarios.variants?.broken).toBe(scenarios.variants?.total);
  });
});

describe('the maze', () => {
  test('goes every way of an export and of an import', () => {
    const ways = new Set([7, 11, 33].flatMap((seed) => [...maze(seed, 20).ways.keys()]));
    expect([...ways].toSorted()).toEqual([
      'export foreign',
      'export fresh',
      'export known',
      'export shared',
      'export unknown',
      'import foreign',
      'import known',
      'import own',
    ]);
  });

  test('counts whoever names a buffer', () => {
    const identities = new Identities({ p: 'a', k: 'b' });
    const [p, k] = identities.files;
    if (p === undefined || k === undefined) throw new Error('there are no files');
    const { handle } = identities.create(p);
    const { buffer } = identities.export(p, handle, 'd');
    if (buffer === null) throw new Error('there is no buffer');
    expect(identities.count(buffer)).toBe(3);
    const { way, handle: other } = identities.import(k, buffer);
    expect([way, identities.count(buffer), identities.importers(buffer)]).toEqual([
      'foreign',
      6,
      1,
    ]);
    expect(identities.close(k, other)).toBe(true);
    expect(identities.close(k, other)).toBe(false);
    expect(identities.close(p, handle)).toBe(true);
    expect([identities.count(buffer), identities.importers(buffer)]).toEqual([1, 0]);
    expect(identities.export(p, handle, 'e').way).toBe('unknown');
  });
});
