import fc from 'fast-check';
import { program } from '../parse.ts';
import type { Program } from '../program.ts';
import type { DeviceSeeds } from './devices.ts';
import { Pick } from './pick.ts';
import { SYNCOBJ_ACTIONS } from './syncobj-actions.ts';
import { type SyncobjNames, SyncobjTask } from './syncobj-draft.ts';

/** Every drawn program about synchronisation objects has this name. */
export const DRAWN_SYNCOBJS = 'drawn-syncobjs';

/** Unit: drawn numbers per task; a call uses four to nine. */
const NUMBERS_MAX = 60;
const TASKS = ['A', 'B', 'C'] as const;

/**
 * Programs of up to three threads that wait for synchronisation objects, fill and reset them, share
 * them, and have them counted: mostly valid by construction, with wrong arguments mixed in.
 */
export function drawnSyncobjProgram(): fc.Arbitrary<Program> {
  const number = fc.nat(255);
  const seeds: fc.Arbitrary<DeviceSeeds> = fc.record({
    shape: fc.array(number, { maxLength: 16, size: 'max' }),
    tasks: fc.array(fc.array(number, { maxLength: NUMBERS_MAX, size: 'max' }), {
      minLength: 1,
      maxLength: TASKS.length,
      size: 'max',
    }),
  });
  return seeds.map(buildSyncobjProgram);
}

/** Builds the program that the numbers stand for. */
export function buildSyncobjProgram({ shape, tasks }: DeviceSeeds): Program {
  const pick = new Pick(shape);
  const setup: string[] = [];
  const names = machineOf(setup, pick);
  const written: Record<string, string> = {};
  for (const [index, numbers] of tasks.entries()) {
    const task = new SyncobjTask(TASKS[index] ?? 'A', names);
    const calls = new Pick(numbers);
    while (!calls.isEmpty) calls.of(SYNCOBJ_ACTIONS)?.draw(task, calls);
    if (task.calls.length > 0) written[task.name] = task.calls.join('\n');
  }
  const world = {
    time: pick.below(3) === 2 ? ('free' as const) : ('discrete' as const),
    failuresMax: pick.below(4) === 3 ? 1 : 0,
    interruptionsMax: pick.below(6) === 5 ? 1 : 0,
  };
  return program(DRAWN_SYNCOBJS, { world, setup: setup.join('\n'), tasks: written });
}

/** Two files of a device, two objects of the first, and fences that a timeline signals. */
function machineOf(setup: string[], pick: Pick): SyncobjNames {
  setup.push('v = drm.device(virtio_gpu)', 'd0 = drm.open(v)', 'd1 = drm.open(v)');
  setup.push('t0 = sys.timeline()', 'x0 = sys.createFence(t0, 1)', 'x1 = sys.createFence(t0, 2)');
  setup.push('h0 = so.create(d0)', `h1 = so.create(d0, ${pick.below(2)})`);
  setup.push('k0 = so.toFd(d0, h0)', 'e0 = sys.eventfd()');
  const filled = pick.below(4);
  if (filled > 0) setup.push('so.fromFd(d0, x0, 1, h0)');
  if (filled > 1) setup.push('so.transfer(d0, h0, 0, h1, 2)');
  if (filled > 2) setup.push('so.timelineSignal(d0, [h1], points: [3])');
  return {
    files: ['d0', 'd1'],
    handles: ['h0', 'h1'],
    shared: ['k0'],
    syncFiles: ['x0', 'x1'],
    counters: ['e0'],
  };
}
