import type { Run } from '../../run/run.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { program } from '../../programs/parse.ts';
import { answered, answers, byProgram, firstOf, issuerOf, same } from './evidence.ts';

/** Says what is wrong when the op runs into a fence that is done. */
function armedInTime(run: Run): string | null {
  const fence = run.environment.fence('f');
  const issuer = issuerOf(run, 'f');
  const late = issuer.sights.find((sight) => sight.op === 'enableSignaling' && sight.isSignaled);
  if (late !== undefined) return `enable_signaling began on a signaled fence, in ${late.task}`;
  let isInside = false;
  for (const { object, name, result } of run.sightings) {
    if (object !== fence) continue;
    if (name === 'dma_fence_enable_signal') isInside = true;
    if (name === 'enableSignaling.armed' || name === 'enableSignaling.refused') isInside = false;
    if (name === 'signal' && result === 0 && isInside) return 'signaled inside enable_signaling';
  }
  return null;
}

/** Properties of arming an issuer. */
export const ENABLING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-051'],
    plan: `Enabling sets the flag always, and calls the op once and only on a pending fence.
      - pending, twice: one call of the op
      - signaled: the flag is set, the op is not called`,
    programs: [
      program('enable-pending', {
        setup: 'f = fence.create(enable: armed)',
        tasks: { A: 'fence.enableSwSignaling(f); fence.enableSwSignaling(f); fence.glance(f)' },
      }),
      program('enable-signaled', {
        setup: 'f = fence.create(enable: armed); fence.signal(f)',
        tasks: { A: 'fence.glance(f); fence.enableSwSignaling(f); fence.glance(f)' },
      }),
    ],
    holds: byProgram({
      'enable-pending': (run) =>
        firstOf(
          answered(run, 'A', 'pending enabled'),
          same('calls of the op', issuerOf(run, 'f').enableCalls, 1),
        ),
      'enable-signaled': (run) =>
        firstOf(
          answered(run, 'A', 'signaled | signaled enabled'),
          same('calls of the op', issuerOf(run, 'f').enableCalls, 0),
        ),
    }),
    witness: {
      opCalled: reached((run) => issuerOf(run, 'f').enableCalls === 1),
      enabledAfterSignal: reached((run) => answers(run, 'A') === 'signaled | signaled enabled'),
    },
    faults: ['fence-051-nothing-when-signaled', 'fence-051-op-every-time'],
  }),
  property({
    rules: ['FENCE-052'],
    plan: `Once a signal is complete, enable_signaling has returned or never begins.
      - enable against signal, with an op that takes a step (two and three tasks)
      - add_callback, and a timed wait, as the ones that enable
      - signal from an interrupt of the enabling processor`,
    programs: [
      program('enable-signal', {
        setup: 'f = fence.create(enable: slow)',
        tasks: { A: 'fence.enableSwSignaling(f)', B: 'fence.signal(f)' },
      }),
      program('enable-twice-signal', {
        setup: 'f = fence.create(enable: slow)',
        tasks: {
          A: 'fence.enableSwSignaling(f)',
          B: 'fence.signal(f)',
          C: 'fence.enableSwSignaling(f)',
        },
      }),
      program('add-signal', {
        setup: 'f = fence.create(enable: slow); cb = callback.create()',
        tasks: { A: 'fence.addCallback(f, cb)', B: 'fence.signal(f)' },
      }),
      program('wait-signal', {
        setup: 'f = fence.create(enable: slow)',
        tasks: { A: 'fence.wait(f)', B: 'fence.signal(f)' },
      }),
      program('enable-signal-irq', {
        setup: 'f = fence.create(enable: slow)',
        tasks: { A: 'fence.enableSwSignaling(f)', 'irq@A': 'fence.signal(f)' },
      }),
    ],
    holds: armedInTime,
    witness: {
      armed: reached((run) => issuerOf(run, 'f').enableCalls === 1),
      signalCameFirst: reached((run) => issuerOf(run, 'f').enableCalls === 0),
    },
    faults: ['fence-052-op-outside-lock', 'fence-052-test-outside-lock'],
  }),
];
