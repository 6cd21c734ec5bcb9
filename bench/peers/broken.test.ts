import { describe, expect, test } from 'vitest';
import { runUnder } from '../../properties/explore/drive.ts';
import { listing, preemptions } from '../../properties/explore/listing.ts';
import { shrinkSchedule } from '../../properties/explore/shrink-schedule.ts';
import type { Subject } from '../../properties/explore/subject.ts';
import { RandomStrategy } from '../../properties/schedules/random.ts';
import type { BareExecution } from './bare-execution.ts';
import { w2Size } from './w2/size.ts';
import { W2Subject } from './w2/subject.ts';
import { w3Size } from './w3/size.ts';
import { W3Subject } from './w3/subject.ts';

const fails = ({ failure }: BareExecution): boolean => failure !== null;

/** Choices of failing runs, from several seeds. */
function failing(subject: Subject<BareExecution>): readonly (readonly number[])[] {
  const found: (readonly number[])[] = [];
  for (let seed = 1; seed <= 200; seed += 1) {
    const execution = runUnder(subject, new RandomStrategy(seed));
    if (fails(execution)) found.push([...execution.choices]);
  }
  return found;
}

/** The last column: how many preemptions some failing run has at least, as it is found. */
const BROKEN: readonly (readonly [string, Subject<BareExecution>, number])[] = [
  ['w2 with 2 adders', new W2Subject(w2Size(2, false, true)), 2],
  ['w2 with 2 adders and a waiter', new W2Subject(w2Size(2, true, true)), 3],
  ['w2 with 3 adders and a waiter', new W2Subject(w2Size(3, true, true)), 3],
  ['w3 with 2 tasks and 2 locks', new W3Subject(w3Size(2, 2, true)), 1],
  ['w3 with 3 tasks and 3 locks', new W3Subject(w3Size(3, 3, true)), 2],
];

describe.each(BROKEN)('the bug in %s', (_name, subject, worst) => {
  test('takes one preemption, whatever the run that showed it first', () => {
    const found = failing(subject);
    expect(found.length).toBeGreaterThan(3);
    const counts = found.map((choices) => preemptions(subject, choices));
    expect(Math.max(...counts)).toBeGreaterThanOrEqual(worst);
    for (const choices of found.slice(0, 10)) {
      expect(preemptions(subject, shrinkSchedule(subject, choices, fails))).toBe(1);
    }
  });
});

test('a shrunk run as text', () => {
  const subject = new W2Subject(w2Size(1, false, true));
  const [choices = []] = failing(subject);
  expect(listing(subject, shrinkSchedule(subject, choices, fails))).toBe(
    [
      'step  adder 1                signaler',
      '   1  test f.flags',
      '   ⇄  preempted by signaler',
      '   2                         set f.flags',
      '   3                         spin_lock f.lock',
      '   4                         run and clear f.list',
      '   5  spin_lock f.lock',
      '   6  set f.flags',
      '   7  append to f.list',
    ].join('\n'),
  );
});

test('a deadlock as text', () => {
  const subject = new W3Subject(w3Size(2, 2, true));
  const [choices = []] = failing(subject);
  expect(listing(subject, shrinkSchedule(subject, choices, fails))).toBe(
    [
      'step  task 0                task 1',
      '   1  take l0.owner',
      '   ⇄  preempted by task 1',
      '   2                        take l1.owner',
      '   …  waits: take l1.owner',
      '   …                        waits: take l0.owner',
    ].join('\n'),
  );
});
