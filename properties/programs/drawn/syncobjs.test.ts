import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Syncobj } from '../../../impl/drm/syncobj.ts';
import { SyncobjIoctls } from '../../../impl/drm/syncobj-ioctls.ts';
import { Syncobjs } from '../../../impl/drm/syncobjs.ts';
import { INTACT, type StackTypes } from '../../../impl/stack.ts';
import { SINGLE_RUN_JUDGES } from '../../judges/standard.ts';
import { UnchangedJudge } from '../../judges/unchanged.ts';
import { Run } from '../../run/run.ts';
import { drawnSchedule, type DrawnSchedule, strategyOf } from '../../schedules/drawn.ts';
import '../operations/index.ts';
import { callText } from '../parse.ts';
import type { Program } from '../program.ts';
import { SYNCOBJ_ACTIONS } from './syncobj-actions.ts';
import { buildSyncobjProgram, drawnSyncobjProgram } from './syncobjs.ts';

interface Drawn {
  readonly finding: string | null;
  readonly calls: number;
  readonly refused: number;
}

/** What the judges say of the first program that they complain about; null for none. */
function draw(seed: number, runs: number, types: StackTypes): Drawn {
  let finding: string | null = null;
  let calls = 0;
  let refused = 0;
  const passes = (program: Program, schedule: DrawnSchedule): boolean => {
    const judges = [...SINGLE_RUN_JUDGES.map((make) => make()), new UnchangedJudge()];
    const run = new Run(program, { types, judges, notes: false }).execute(
      strategyOf(schedule, 200),
    );
    calls += run.calls.length;
    const results = run.calls.map(({ result }) => result);
    refused += results.filter((result) => typeof result === 'number' && result < 0).length;
    finding = run.findings[0]?.message ?? null;
    return finding === null;
  };
  const options = { seed, numRuns: runs, endOnFailure: true };
  const checked = fc.check(fc.property(drawnSyncobjProgram(), drawnSchedule(), passes), options);
  if (checked.failed && finding === null)
    throw new Error('cannot run', { cause: checked.errorInstance });
  return { finding, calls, refused };
}

test('the intact stack has nothing to say of drawn programs, which are mostly valid', () => {
  const { finding, calls, refused } = draw(5, 100, INTACT);
  expect(finding).toBeNull();
  expect(calls).toBeGreaterThan(1500);
  expect(refused / calls).toBeLessThan(0.3);
  expect(refused / calls).toBeGreaterThan(0.05);
});

class Deaf extends Syncobj {
  protected override *tellWaiter(): ReturnType<Syncobj['put']> {
    // Whoever waits is told nothing.
  }
}

class Leaky extends Syncobjs {
  override *signal(syncobj: Syncobj): ReturnType<Syncobjs['signal']> {
    yield* syncobj.get();
    return yield* super.signal(syncobj);
  }
}

class Early extends SyncobjIoctls {
  protected override *findPadded(
    ...[file, argument]: Parameters<SyncobjIoctls['findPadded']>
  ): ReturnType<SyncobjIoctls['findPadded']> {
    const [, first] = file.syncobjs.syncobjs.entries()[0] ?? [0, null];
    if (first !== null) yield* first.replaceFence(null);
    return yield* super.findPadded(file, argument);
  }
}

test.each<[string, Partial<StackTypes>, RegExp]>([
  ['a waiter that nobody tells', { Syncobj: Deaf }, /told is forbidden here/],
  ['a reference that is never dropped', { Syncobjs: Leaky }, /^never freed: .*syncobj/],
  ['a refused call that resets an object', { SyncobjIoctls: Early }, /and changes/],
])('they show %s', (_name, types, message) => {
  expect(draw(1, 600, { ...INTACT, ...types }).finding).toMatch(message);
});

test('no numbers are a program, the plainest one', () => {
  const { setup, tasks } = buildSyncobjProgram({ shape: [], tasks: [[]] });
  expect(tasks).toEqual([]);
  expect(setup.map(callText)).toContain('h0 = so.create(d0)');
});

test('every action is drawn, and wrong arguments with them', () => {
  const programs = fc.sample(drawnSyncobjProgram(), { seed: 3, numRuns: 200 });
  const calls = programs.flatMap(({ tasks }) => tasks.flatMap((task) => task.calls.map(callText)));
  const names = new Set(calls.map((call) => /([\w.]+)\(/.exec(call)?.[1]));
  for (const name of ['wait', 'timelineWait', 'transfer', 'eventfd', 'query', 'toFd', 'fromFd']) {
    expect(names).toContain(`so.${name}`);
  }
  expect(names.size).toBeGreaterThanOrEqual(SYNCOBJ_ACTIONS.length - 2);
  expect(calls.some((call) => call.includes('memory: bad'))).toBe(true);
  expect(calls.some((call) => call.includes('99'))).toBe(true);
});
