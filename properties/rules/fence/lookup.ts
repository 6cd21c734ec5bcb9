import { FenceSlot } from '../../programs/fence-slot.ts';
import { FenceWatch } from '../../programs/fence-watch.ts';
import type { Program } from '../../programs/program.ts';
import type { Run } from '../../run/run.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { program } from '../../programs/parse.ts';
import { same } from './evidence.ts';

/** From its last successful attempt to its end the lookup's answer was in the slot. */
function heldMeanwhile(run: Run): string | null {
  const record = run.calls.find(({ call }) => call.op === 'slot.getSafe');
  if (record === undefined || record.end === null) return null;
  const { result, begin, end, task } = record;
  const attempt = run.sightings.findLast(
    (sighting) => sighting.name === 'getRcu.taken' && sighting.task === task,
  );
  const from = attempt === undefined || result === 'NULL' ? begin : attempt.step;
  if (run.environment.find('s', FenceSlot).held(result, from, end)) return null;
  return `the lookup gave ${String(result)}, which the slot did not hold in steps ${from} to ${end}`;
}

/** The lookup won a reference to the fence that its memory had become, and dropped it again. */
function wonStrayReference(run: Run): boolean {
  const fence = run.environment.fence('f');
  return run.sightings.some(
    ({ object, name, task }) => object === fence && task === 'A' && name.startsWith('put'),
  );
}

/** Each operation, with what it needs to be legal but for the reference. */
const OPERATIONS: readonly (readonly [name: string, setup: string, call: string])[] = [
  ['signal', '', 'fence.signal(f)'],
  ['signal-timestamp', '', 'fence.signalTimestamp(f, 7)'],
  ['add', '', 'fence.addCallback(f, cb)'],
  [
    'remove',
    'fence.addCallback(f, cb); fence.removeCallback(f, cb)',
    'fence.removeCallback(f, cb)',
  ],
  ['enable', '', 'fence.enableSwSignaling(f)'],
  ['poll', '', 'fence.isSignaled(f)'],
  ['status', '', 'fence.getStatus(f)'],
  ['error', '', 'fence.setError(f, -5)'],
  ['timestamp', 'fence.signal(f)', 'fence.timestamp(f)'],
  ['deadline', '', 'fence.setDeadline(f, 7)'],
  ['wait', '', 'fence.waitTimeout(f, 0)'],
  ['describe', '', 'fence.describe(f)'],
];

const CALLBACK = 'cb = callback.create()';

function live([name, setup, call]: (typeof OPERATIONS)[number]): Program {
  return program(`live-${name}`, {
    setup: `f = fence.create(deadline: true); ${CALLBACK}; ${setup}`,
    tasks: { A: `${call}; inspect.references(f)` },
    ...(name === 'add' ? { teardown: 'fence.removeCallback(f, cb)' } : {}),
  });
}

function dead([name, setup, call]: (typeof OPERATIONS)[number]): Program {
  return program(`dead-${name}`, {
    // The issuer keeps the memory, so that only the missing reference is wrong.
    setup: `f = fence.create(release: kept, deadline: true); ${CALLBACK}; ${setup}`,
    tasks: { A: `fence.put(f); ${call}; fence.free(f)` },
  });
}

/** Complaints that a reference, or the read section of a lookup, is missing. */
function misuses(run: Run): number {
  return run.violations.filter(({ kind }) => kind === 'refcount' || kind === 'lock-misuse').length;
}

function referenceRule(run: Run): string | null {
  const { name } = run.program;
  if (name.startsWith('dead-')) {
    return misuses(run) > 0 ? null : `${name}: nobody noticed that the reference is missing`;
  }
  if (name === 'lookup-outside') {
    return misuses(run) === 1 ? null : 'nobody noticed that the lookup has no read section';
  }
  if (misuses(run) > 0) return `${name}: a complaint though the caller has a reference`;
  return same('references after the call', run.resultOf('A', 'inspect.references'), 1);
}

/** Properties of lookups in slots, of references in general, and of the shared storage. */
export const LOOKUP_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-011'],
    plan: `The safe lookup gives NULL or a fence that the slot holds, never a stray one.
      - the slot changes to another fence, whose predecessor dies or lives on
      - the slot becomes empty
      - the predecessor's memory becomes an unrelated fence at once`,
    programs: [
      program('slot-replaced', {
        setup: 'f = fence.create(); g = fence.create(); s = slot.create(f)',
        tasks: { A: 'slot.getSafe(s)', B: 'slot.publish(s, g)' },
      }),
      program('slot-emptied', {
        setup: 'f = fence.create(); fence.get(f); s = slot.create(f)',
        tasks: { A: 'slot.getSafe(s)', B: 'slot.publish(s, null)' },
      }),
      program('slot-recycled', {
        setup: 'f = slab.create(); g = fence.create(); s = slot.create(f)',
        tasks: { A: 'slot.getSafe(s)', B: 'slot.publish(s, g); slab.recycle(f)' },
      }),
    ],
    // Judges of one fence know nothing of a second life in the same memory.
    allows: ['refinement', 'trace points'],
    forbids: ['refcount', 'use-after-free', 'double-free', 'leak', 'livelock'],
    holds: heldMeanwhile,
    witness: {
      old: reached((run) => run.resultOf('A', 'slot.getSafe') === 'f'),
      new: reached((run) => run.resultOf('A', 'slot.getSafe') === 'g'),
      empty: reached((run) => run.resultOf('A', 'slot.getSafe') === 'NULL'),
      stray: reached(wonStrayReference),
    },
    faults: ['BUG-FENCE-06', 'fence-011-no-second-look'],
  }),
  property({
    rules: ['FENCE-012'],
    plan: `Who uses a fence owns a reference, and a safe lookup runs in a read section.
      - each operation with the caller's only reference: silent, and still there after it
      - misuse is noticed: each operation on a fence whose count is 0, a lookup outside`,
    programs: [
      ...OPERATIONS.map(live),
      ...OPERATIONS.map(dead),
      program('lookup-outside', {
        setup: 'f = fence.create(); s = slot.create(f)',
        tasks: { A: 'slot.getUnsafe(s)' },
      }),
    ],
    // The claim itself says which complaints must come, and that no other may.
    allows: ['refcount', 'lock-misuse', 'refinement', 'trace points'],
    forbids: ['use-after-free', 'double-free'],
    holds: referenceRule,
    witness: {
      noticed: reached((run) => misuses(run) > 0, OPERATIONS.length + 1),
      legal: reached((run) => run.program.name.startsWith('live-'), OPERATIONS.length),
    },
    faults: ['fence-012-unnoticed', 'fence-012-remove-drops', 'fence-012-lookup-anywhere'],
  }),
  property({
    rules: ['FENCE-013'],
    plan: `List, timestamp and RCU head share bytes: each has its time, and none is used outside it.
      - callbacks, a sleeper and the signal; a look after every step
      - the end of the fence while pending, and after the signal`,
    programs: [
      program('phases-add', {
        setup: 'f = fence.create(); watch.fence(f); cb = probe.create(); cb2 = probe.create()',
        tasks: {
          A: 'fence.addCallback(f, cb); fence.removeCallback(f, cb)',
          B: 'fence.addCallback(f, cb2); fence.signal(f)',
        },
      }),
      program('phases-wait', {
        setup: 'f = fence.create(); watch.fence(f); fence.get(f)',
        tasks: { A: 'fence.wait(f); fence.put(f)', B: 'fence.signal(f); fence.put(f)' },
      }),
    ],
    forbids: ['use-after-free'],
    holds: (run) => run.environment.find('f.watch', FenceWatch).contradictions[0] ?? null,
    witness: {
      detached: reached((run) => changed(run, 'detach')),
      stamped: reached((run) => changed(run, 'store')),
      released: reached((run) => changed(run, 'release')),
    },
    faults: ['fence-013-list-stays', 'fence-013-early-timestamp'],
  }),
];

function changed(run: Run, kind: 'detach' | 'store' | 'release'): boolean {
  return run.environment.find('f.watch', FenceWatch).first(kind) !== undefined;
}
