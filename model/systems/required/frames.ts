import { cameraMachine } from '../../machines/camera.ts';
import { vb2BufferMachine } from '../../machines/vb2-buffer.ts';
import { claim, claimOfEach, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Move, Take } from '../network.ts';
import { lineMachine } from './engine-tasks.ts';
import { at, isIn, listMachine, lockMachine, many, objectOf, only } from './parts.ts';
import { slotMachine } from './syncobj-tasks.ts';
import type { System } from './system.ts';
import { askerMachine, fillerMachine } from './video-device-tasks.ts';

interface CameraContext {
  readonly level: number;
}

const OF_BUFFER = ['alloc.mmap(1)', 'prepare', 'prepared', 'queue', 'give', 'done', 'dequeue'];
const OF_CAMERA = [
  ...['stream(1)', 'queue', 'sof', 'overrun', 'line(0)'],
  ...['drain', 'latch', 'raise', 'ack'],
];

/** All machines. Who has the lock of the queue is about to hand a buffer over. */
class Parts {
  readonly t: readonly number[];
  readonly tasks;
  readonly buffers;
  readonly camera;
  readonly lock;
  /** Whose addresses the camera has and has not used. */
  readonly places;
  /** Whose buffer is stored into; whose frame is over, and nobody has given it out. */
  readonly stored;
  readonly over;
  readonly line = { name: 'line', machine: lineMachine() };
  readonly handler = { name: 'handler', machine: askerMachine() };

  constructor(tasks: number) {
    const buffer = only(objectOf(vb2BufferMachine({ planesMax: 1 })), OF_BUFFER);
    const camera = only(objectOf<CameraContext>(cameraMachine({ linesMax: 1 })), OF_CAMERA);
    this.t = range(tasks);
    this.tasks = many(tasks, 'task', fillerMachine());
    this.buffers = many(tasks, 'buffer', buffer);
    this.camera = { name: 'camera', machine: camera };
    this.lock = { name: 'lock', machine: lockMachine(tasks) };
    this.places = { name: 'places', machine: listMachine(tasks) };
    this.stored = many(tasks, 'stored', slotMachine());
    this.over = many(tasks, 'over', slotMachine());
  }

  get all() {
    const { tasks, buffers, camera, lock, places, stored, over, line, handler } = this;
    return [...tasks, ...buffers, camera, lock, places, ...stored, ...over, line, handler];
  }
}

function clients({ tasks, buffers, camera, lock, places, t }: Parts): readonly Move[] {
  const step = (name: string, others: (t: number) => readonly Take[]): readonly Move[] =>
    family(`client.${name}`, { t }, ({ t }) => [[at(tasks, t), name], ...others(t)]);
  return [
    ...step('create', (t) => [
      [lock, `acquire(${t})`],
      [at(buffers, t), 'alloc.mmap(1)'],
    ]),
    ...step('prepare', (t) => [[at(buffers, t), 'prepare']]),
    ...step('prepared', (t) => [[at(buffers, t), 'prepared']]),
    ...step('queue', (t) => [[at(buffers, t), 'queue']]),
    ...step('give', (t) => [
      [at(buffers, t), 'give'],
      [camera, 'queue'],
      [places, `append(${t})`],
      [lock, `release(${t})`],
    ]),
    ...step('take', (t) => [[at(buffers, t), 'dequeue']]),
  ];
}

function capturing({ camera, places, stored, over, line, t }: Parts): readonly Move[] {
  const step = (name: string, event: string, ...others: readonly Take[]): readonly Move[] =>
    family(`camera.${name}`, {}, () => [[camera, event], ...others]);
  return [
    ...step('stream', 'stream(1)'),
    ...step('line', 'line(0)'),
    ...step('drain', 'drain'),
    ...family('camera.sof', { t }, ({ t }) => [
      [camera, 'sof'],
      [places, `shift(${t})`],
      [at(stored, t), 'fill'],
    ]),
    ...family('camera.latch', { t }, ({ t }) => [
      [camera, 'latch'],
      [at(stored, t), 'clear'],
      [at(over, t), 'fill'],
    ]),
    ...step('raise', 'raise', [line, 'raise']),
    ...step('lostInterrupt', 'raise'),
    // The line stands until somebody hears it.
    ...step('overrun', 'overrun', [line, 'raise']),
  ];
}

function handling({ camera, buffers, over, line, handler, t }: Parts): readonly Move[] {
  const nothing = t.map((one): Take => [at(over, one), 'isEmpty']);
  const step = (name: string, ...others: readonly Take[]): readonly Move[] =>
    family(`handler.${name}`, {}, () => [[handler, name], ...others]);
  return [
    ...step('take', [line, 'take']),
    ...step('note', [camera, 'ack']),
    ...step('nothing', ...nothing),
    ...family('handler.complete', { t }, ({ t }) => [
      [handler, 'complete'],
      [at(over, t), 'clear'],
      [at(buffers, t), 'done'],
    ]),
    ...step('leave', ...nothing),
  ];
}

const isFilled = ({ value }: { readonly value: unknown }): boolean => value === 'filled';

function always({ buffers, stored, camera, places, t }: Parts): readonly Claim[] {
  return [
    ...t.map((one) =>
      claim(
        'HW-CAM-003 what is stored into is a buffer of the driver',
        [at(stored, one), at(buffers, one)],
        (slot, { value }) => !isFilled(slot) || isIn(value, 'place', 'active'),
      ),
    ),
    claim(
      'HW-CAM-008 the camera has the addresses that were given and not used',
      [camera, places],
      ({ context }, list) => context.level === list.context.nodes.length,
    ),
  ];
}

function sometimes({ camera, over, line, handler }: Parts): readonly Claim[] {
  return [
    claim(
      'HW-CAM-004 two frames are over before anybody asks',
      [at(over, 0), at(over, 1), handler],
      (one, other, { value }) => isFilled(one) && isFilled(other) && value === 'away',
    ),
    claim(
      'HW-CAM-004 a frame is over, and nobody hears of it',
      [camera, at(over, 0), line, handler],
      ({ value }, slot, low, { value: where }) =>
        isIn(value, 'engine', 'waiting') &&
        isFilled(slot) &&
        low.value === 'low' &&
        where === 'away',
    ),
  ];
}

function eventually({ tasks, camera, handler }: Parts): readonly Liveness[] {
  return tasks.map((task, index) => ({
    name: `HW-CAM-004 task ${index} gets its buffer back`,
    whenever: claim('it waits', [task], ({ value }) => value === 'waiting'),
    eventually: claim('it has', [task], ({ value }) => value === 'finished'),
    fair: weak(camera.name, handler.name, task.name),
  }));
}

/** Programs with a buffer each, a camera, and its driver. Interrupts may be lost. */
export function frames({ tasks }: { readonly tasks: number }): System {
  const parts = new Parts(tasks);
  return {
    network: network(`a camera and ${tasks} tasks`, parts.all, [
      ...clients(parts),
      ...capturing(parts),
      ...handling(parts),
    ]),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claimOfEach('all is over', parts.tasks, ({ value }) => value === 'finished'),
    },
  };
}
