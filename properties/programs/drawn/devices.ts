import fc from 'fast-check';
import { program } from '../parse.ts';
import type { Program } from '../program.ts';
import { Pick } from './pick.ts';
import { DEVICE_ACTIONS } from './device-actions.ts';
import { DeviceTask, type Names } from './device-draft.ts';

/** Every drawn program about devices has this name. */
export const DRAWN_DEVICES = 'drawn-devices';

/** Unit: drawn numbers per task; a call uses three to seven. */
const NUMBERS_MAX = 60;
/** The first task is of the process that made everything; the others are where the draw says. */
const TASKS = ['A', 'B', 'C'] as const;

/** The numbers that a program is made of. They shrink towards fewer and simpler calls. */
export interface DeviceSeeds {
  readonly shape: readonly number[];
  readonly tasks: readonly (readonly number[])[];
}

/**
 * Programs of several processes that make buffers on graphics devices, share them, and put fences
 * on them: mostly valid by construction, with wrong arguments mixed in.
 */
export function drawnDeviceProgram(): fc.Arbitrary<Program> {
  const number = fc.nat(255);
  const seeds: fc.Arbitrary<DeviceSeeds> = fc.record({
    shape: fc.array(number, { maxLength: 16, size: 'max' }),
    tasks: fc.array(fc.array(number, { maxLength: NUMBERS_MAX, size: 'max' }), {
      minLength: 1,
      maxLength: TASKS.length,
      size: 'max',
    }),
  });
  return seeds.map(buildDeviceProgram);
}

/** Builds the program that the numbers stand for. */
export function buildDeviceProgram({ shape, tasks }: DeviceSeeds): Program {
  const pick = new Pick(shape);
  const setup: string[] = [];
  const names = machineOf(setup, pick);
  const isForked = pick.below(2) === 1;
  const drawn = tasks.map((numbers, index) => {
    const process = index > 0 && pick.below(2) === 1 ? 'child' : 'main';
    const task = new DeviceTask(TASKS[index] ?? 'A', process, names);
    const calls = new Pick(numbers);
    while (!calls.isEmpty) pickAction(calls)?.draw(task, calls);
    return task;
  });
  const hasChild = drawn.some(({ process, calls }) => process === 'child' && calls.length > 0);
  if (hasChild && isForked) setup.push('sys.fork(child)');
  const world = {
    time: pick.below(3) === 2 ? ('free' as const) : ('discrete' as const),
    failuresMax: pick.below(4) === 3 ? 1 : 0,
    interruptionsMax: pick.below(6) === 5 ? 1 : 0,
  };
  const written: Record<string, string> = {};
  for (const { name, process, calls } of drawn) {
    const heard = calls.filter((call) => hasChild || !call.includes('child'));
    if (heard.length === 0) continue;
    written[process === 'main' ? name : `${process}/${name}`] = heard.join('\n');
  }
  return program(DRAWN_DEVICES, { world, setup: setup.join('\n'), tasks: written });
}

function pickAction(pick: Pick): (typeof DEVICE_ACTIONS)[number] | undefined {
  return pick.of(DEVICE_ACTIONS);
}

/** Two devices, a buffer of the first, and what else there may be from the start. */
function machineOf(setup: string[], pick: Pick): Names {
  const second = pick.of(['vkms', 'vgem', 'virtio_gpu', 'bare']) ?? 'vkms';
  setup.push('v = drm.device(vgem)', `w = drm.device(${second})`);
  setup.push('d0 = drm.open(v)', 'd1 = drm.open(w)', 'g0 = dumb.create(d0)');
  setup.push('b0 = prime.export(d0, g0)');
  const isBusy = pick.below(2) === 1;
  if (isBusy) setup.push('f0 = vgem.attach(d0, g0, true)');
  const isWatched = pick.below(2) === 1;
  if (isWatched) setup.push('e0 = sys.eventfd(1)', 's0 = sys.epoll()', 'sys.epollAdd(s0, b0)');
  return {
    files: ['d0', 'd1'],
    buffers: ['b0'],
    others: isWatched ? ['e0'] : [],
    sets: isWatched ? ['s0'] : [],
    handles: ['g0'],
    fences: isBusy ? ['f0'] : [],
    names: [],
  };
}
