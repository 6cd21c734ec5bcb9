import { type Property, property, reached } from '../../check/property.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { answered, answers, byProgram, firstOf, issuerOf, same, warnings } from './evidence.ts';

/** Fences `a` and `b` of one context with these numbers, compared both ways. */
function pair(name: string, a: string, b: string): ReturnType<typeof program> {
  return program(name, {
    setup: `a = fence.create(context: 7, ${a}); b = fence.create(context: 7, ${b})`,
    tasks: { A: 'fence.isLater(a, b); fence.isLater(b, a)' },
  });
}

function polls(run: Run): string {
  return `${issuerOf(run, 'a').signaledCalls} ${issuerOf(run, 'b').signaledCalls}`;
}

/** Properties of comparing fences. */
export const ORDERING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-082'],
    plan: `"Later" is plain in 64-bit mode, and the sign of the 32-bit difference otherwise; the
      mode is the first fence's.
      - neighbours, equal numbers, wrapped numbers, numbers above 2^32, and 2^63 apart
      - one fence in each mode`,
    programs: [
      pair('neighbours', 'seqno: 2', 'seqno: 1'),
      pair('equal', 'seqno: 2', 'seqno: 2'),
      pair('wrapped', 'seqno: 0', 'seqno: 4294967295'),
      pair('wrapped-64', 'seqno: 0, is64Bit: true', 'seqno: 4294967295, is64Bit: true'),
      pair('above', 'seqno: 4294967297', 'seqno: 3'),
      pair('above-64', 'seqno: 4294967297, is64Bit: true', 'seqno: 3, is64Bit: true'),
      pair('top-64', 'seqno: 9223372036854775808, is64Bit: true', 'seqno: 0, is64Bit: true'),
      pair('mixed', 'seqno: 0', 'seqno: 4294967295, is64Bit: true'),
    ],
    holds: byProgram({
      neighbours: (run) => answered(run, 'A', 'true | false'),
      equal: (run) => answered(run, 'A', 'false | false'),
      wrapped: (run) => answered(run, 'A', 'true | false'),
      'wrapped-64': (run) => answered(run, 'A', 'false | true'),
      above: (run) => answered(run, 'A', 'false | true'),
      'above-64': (run) => answered(run, 'A', 'true | false'),
      'top-64': (run) => answered(run, 'A', 'true | false'),
      mixed: (run) => answered(run, 'A', 'true | true'),
    }),
    witness: {
      wrapped: reached(
        (run) => run.program.name === 'wrapped' && answers(run, 'A') === 'true | false',
      ),
      bothWays: reached((run) => answers(run, 'A') === 'true | true'),
    },
    faults: [
      'fence-082-always-plain',
      'fence-082-mode-of-second',
      'fence-082-always-wraps',
      'fence-082-wide-wraps',
    ],
  }),
  property({
    rules: ['FENCE-083'],
    plan: `Numbers exactly 2^31 apart are not later in either direction; over such spans the
      relation is not transitive.`,
    programs: [
      pair('half', 'seqno: 0', 'seqno: 2147483648'),
      pair('half-shifted', 'seqno: 4294967290', 'seqno: 2147483642'),
      pair('just-below-half', 'seqno: 2147483647', 'seqno: 0'),
      program('circle', {
        setup: `a = fence.create(context: 7, seqno: 0)
          b = fence.create(context: 7, seqno: 1610612736)
          c = fence.create(context: 7, seqno: 3221225472)`,
        tasks: { A: 'fence.isLater(b, a); fence.isLater(c, b); fence.isLater(a, c)' },
      }),
    ],
    holds: byProgram({
      half: (run) => answered(run, 'A', 'false | false'),
      'half-shifted': (run) => answered(run, 'A', 'false | false'),
      'just-below-half': (run) => answered(run, 'A', 'true | false'),
      circle: (run) => answered(run, 'A', 'true | true | true'),
    }),
    witness: {
      neither: reached((run) => answers(run, 'A') === 'false | false', 2),
      circle: reached((run) => answers(run, 'A') === 'true | true | true'),
    },
    faults: ['fence-083-half-is-later'],
  }),
  property({
    rules: ['FENCE-084'],
    plan: `Comparing fences of different contexts warns; it is false, or none.`,
    programs: [
      program('later-mixed', {
        setup: 'a = fence.create(context: 7, seqno: 2); b = fence.create(context: 8)',
        tasks: { A: 'fence.isLater(a, b)' },
      }),
      program('later-of-mixed', {
        setup: 'a = fence.create(context: 7, seqno: 2); b = fence.create(context: 8)',
        tasks: { A: 'fence.later(a, b)' },
      }),
    ],
    allows: ['warn'],
    holds: (run) => {
      const isPair = run.program.name === 'later-of-mixed';
      return firstOf(
        same('warnings', warnings(run), 1),
        answered(run, 'A', isPair ? 'none' : 'false'),
      );
    },
    witness: { warned: reached((run) => warnings(run) === 1, 2) },
    faults: ['fence-084-compares-anyway', 'fence-084-no-complaint'],
  }),
  property({
    rules: ['FENCE-085'],
    plan: `"Later or same" is identity or "later": twins with equal numbers are not the same.`,
    programs: [
      program('twins', {
        setup: 'a = fence.create(context: 7); b = fence.create(context: 7)',
        tasks: { A: 'fence.isLaterOrSame(a, b); fence.isLaterOrSame(b, a)' },
      }),
      program('self', {
        setup: 'a = fence.create(context: 7)',
        tasks: { A: 'fence.isLaterOrSame(a, a); fence.isLater(a, a)' },
      }),
      program('later-or-same', {
        setup: 'a = fence.create(context: 7, seqno: 2); b = fence.create(context: 7)',
        tasks: { A: 'fence.isLaterOrSame(a, b); fence.isLaterOrSame(b, a)' },
      }),
    ],
    holds: byProgram({
      twins: (run) => answered(run, 'A', 'false | false'),
      self: (run) => answered(run, 'A', 'true | false'),
      'later-or-same': (run) => answered(run, 'A', 'true | false'),
    }),
    witness: { twins: reached((run) => answers(run, 'A') === 'false | false') },
    faults: ['fence-085-same-number', 'fence-085-strictly-later'],
  }),
  property({
    rules: ['FENCE-086'],
    plan: `Later-of-two polls only the later one, the second on a tie: that one, or none when it is
      done, whatever the other is.
      - all four states of two fences, hardware that is done, twins; against a signaller`,
    programs: [
      program('later-first', {
        setup: `a = fence.create(context: 7, seqno: 2, signaled: hardware)
          b = fence.create(context: 7, seqno: 1, signaled: hardware)`,
        tasks: { A: 'fence.later(a, b); fence.later(b, a)' },
      }),
      program('later-twins', {
        setup: `a = fence.create(context: 7, signaled: hardware)
          b = fence.create(context: 7, signaled: hardware)`,
        tasks: { A: 'fence.later(a, b)' },
      }),
      program('later-done', {
        setup: `a = fence.create(context: 7, seqno: 2, signaled: hardware)
          b = fence.create(context: 7, seqno: 1, signaled: hardware); hardware.finish(a)`,
        tasks: { A: 'fence.later(a, b); fence.glance(a); fence.glance(b)' },
      }),
      program('earlier-done', {
        setup: `a = fence.create(context: 7, seqno: 2, signaled: hardware)
          b = fence.create(context: 7, seqno: 1, signaled: hardware); hardware.finish(b)`,
        tasks: { A: 'fence.later(a, b); fence.glance(b)' },
      }),
      program('later-signal', {
        setup: `a = fence.create(context: 7, seqno: 2, signaled: hardware)
          b = fence.create(context: 7, seqno: 1, signaled: hardware)`,
        tasks: { A: 'fence.later(a, b)', B: 'fence.signal(a)' },
      }),
    ],
    holds: byProgram({
      'later-first': (run) =>
        firstOf(answered(run, 'A', 'a | a'), same('polls', polls(run), '2 0')),
      'later-twins': (run) => firstOf(answered(run, 'A', 'b'), same('polls', polls(run), '0 1')),
      'later-done': (run) =>
        firstOf(answered(run, 'A', 'none | signaled | pending'), same('polls', polls(run), '1 0')),
      'earlier-done': (run) =>
        firstOf(answered(run, 'A', 'a | pending'), same('polls', polls(run), '1 0')),
      'later-signal': (run) => {
        const told = answers(run, 'A');
        if (told === 'none' || told === 'a') return null;
        return answered(run, 'A', 'a or none');
      },
    }),
    witness: {
      none: reached((run) => answers(run, 'A').startsWith('none')),
      raced: reached((run) => run.program.name === 'later-signal' && answers(run, 'A') === 'none'),
    },
    faults: ['fence-086-polls-both', 'fence-086-first-on-tie', 'fence-086-flag-only'],
  }),
];
