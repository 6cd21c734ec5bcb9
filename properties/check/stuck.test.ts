import { expect, test } from 'vitest';
import '../programs/operations/index.ts';
import { fault } from '../faults/fault.ts';
import { program } from '../programs/parse.ts';
import { hasOneRun } from '../programs/program.ts';
import { drawBatch, failureOf, stuckDrawn } from './draw-batch.ts';
import type { Property } from './property.ts';
import { runProperty } from './run-property.ts';
import { whyStuck } from './stuck.ts';
import { tryLitmus } from './try-litmus.ts';

/** Whatever names a fence behind a descriptor cannot go on. */
const NO_FILES = fault({
  id: 'no-files',
  mistake: 'sync_files are never made',
  breaks: ['SYNCFILE-001'],
  install: (types) => ({
    SyncFiles: class extends types.SyncFiles {
      override *allocate(): ReturnType<typeof types.SyncFiles.prototype.allocate> {
        return null;
      }
    },
  }),
});

test('a program whose earlier call has made nothing is a finding about its rule', () => {
  const stuck = program('stuck', {
    setup: 'f = fence.create(1)',
    tasks: { A: 'n = inspect.seqno(f.fence)' },
  });
  const property: Property = {
    rules: ['FENCE-001'],
    plan: 'Name what no call has made.',
    programs: [stuck],
    witness: {},
    faults: [],
  };
  expect(hasOneRun(stuck)).toBe(true);
  const { broken } = runProperty(property, { seed: 1 });
  expect(broken.map(({ finding }) => [finding.rules, finding.message])).toEqual([
    [['FENCE-001'], 'stuck: the program cannot go on: f.fence is no DmaFence'],
  ]);
});

test('a litmus program that cannot go on is a finding about the rules of its outcomes', () => {
  const job = { id: 'litmus/race-27-wait-signal', world: 'window' } as const;
  expect(tryLitmus(job, null).isReproduced).toBe(true);

  const { isReproduced, findings } = tryLitmus(job, NO_FILES);
  expect(isReproduced).toBe(false);
  const message = 'the program cannot go on: s is no SyncFile';
  const rules = ['SYNCFILE-011', 'SYNCFILE-014'];
  const finding = { rules, judge: 'litmus', message, step: null, expected: null };
  expect(findings).toEqual([{ finding, source: job.id, failure: null }]);
});

test('a drawn program that cannot go on is a finding that nobody can replay', () => {
  const { failure } = drawBatch({ seed: 1 }, NO_FILES);
  expect(failure?.finding.message).toMatch(/^the program cannot go on: \w+ is no SyncFile$/);
  expect(failure?.finding).toMatchObject({ judge: 'program', rules: [] });
  expect(failure?.choices).toBeNull();
  expect(failure === null || failureOf(failure, 'some bounds')).toBeNull();
});

test('a drawn program of the suite that is wrong in another way ends the search', () => {
  const drawn = program('drawn', { tasks: { A: 'fence.create()' } });
  expect(() => stuckDrawn(drawn, new Error('something else'))).toThrow('something else');
});

test('what is no mistake of a program is thrown on', () => {
  expect(() => whyStuck(new Error('something else'))).toThrow('something else');
});
