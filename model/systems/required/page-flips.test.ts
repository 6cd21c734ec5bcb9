import { expect, test } from 'vitest';
import { both, mistaken, survivors, unbound, without } from '../mutants.ts';
import { captures } from './captures.ts';
import { pageFlips } from './page-flips.ts';

test('each property of page flips can be broken', () => {
  const left = survivors(pageFlips({ commits: 2 }), {
    always: {
      'KMS-010': unbound('committer.waitForFence', 'in-fence'),
      // The clean-up does not wait.
      'KMS-016': unbound('committer.waitForOwnFlip', 'flipped'),
      'KMS-019': unbound('interrupt.flip', 'flipped'),
      // Nobody waits for the commit before, or for its flip.
      'KMS-012': both(
        both(unbound('committer.swap', 'programmed'), unbound('committer.make', 'swapped')),
        both(
          unbound('committer.waitForProgramming', 'programmed'),
          unbound('committer.waitForFlip', 'flipped'),
        ),
      ),
    },
    deadlock: without('interrupt.unlock'),
    sometimes: {
      'KMS-012': without('committer.program'),
      'KMS-011': without('committer.swap'),
      'KMS-016': without('committer.waitForOwnFlip', 'committer.swap'),
      'KMS-013': without('interrupt.rest'),
    },
    eventually: { 'KMS-013': mistaken('interrupt.signal', 'out-fence', 'isEmpty') },
  });
  expect(left).toEqual([]);
});

test('each property of captures can be broken', () => {
  const left = survivors(captures({ jobs: 2 }), {
    always: {
      'KMS-021': both(unbound('capturer.signal', 'job'), unbound('capturer.complete', 'job')),
    },
    deadlock: without('asker.queue', 'asker.giveUp'),
    sometimes: { 'KMS-021': without('asker.queue'), 'KMS-024': without('asker.giveUp') },
    eventually: { 'KMS-021': without('capturer.complete') },
  });
  expect(left).toEqual([]);
});
