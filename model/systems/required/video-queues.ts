import { vb2BufferMachine } from '../../machines/vb2-buffer.ts';
import { vb2QueueMachine } from '../../machines/vb2-queue.ts';
import { claim, claimOfEach, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import { at, isIn, lockMachine, many, objectOf, only } from './parts.ts';
import { triggerMachine } from './sync-file-tasks.ts';
import { slotMachine } from './syncobj-tasks.ts';
import type { System } from './system.ts';
import { clientMachine, hardwareMachine, stopperMachine } from './video-tasks.ts';
import type { Viewer } from './video-tasks.ts';

const CLIENT = 0;
const STOPPER = 1;

/** What a queue counts. */
interface Counted {
  readonly owned: number;
  readonly done: number;
}

/** What the tasks do; the hardware does not fail, and the stream has no end. */
const OF_QUEUE = [
  ...['allocate', 'start', 'started', 'streamOn', 'stop', 'cancel', 'clear', 'discard'],
  ...['streamOff', 'give', 'done', 'take', 'look', 'wait', 'wait.end'],
];
const OF_BUFFER = [
  ...['alloc.mmap(1)', 'prepare', 'prepared', 'queue', 'give', 'done', 'done.error'],
  ...['dequeue', 'cancel'],
];

/** All machines. */
class Parts {
  readonly client: Component<Viewer>;
  readonly stopper: Component<Viewer>;
  readonly hardware: Component;
  readonly trigger: Component;
  readonly lock: Component;
  readonly queue: Component<Counted>;
  readonly buffers: readonly Component[];
  /** The stream is on. */
  readonly stream: Component;
  /** Buffer o is on a list: of what the driver has, of what is done, of what user space has queued. */
  readonly owned: readonly Component[];
  readonly done: readonly Component[];
  readonly queued: readonly Component[];
  readonly o: readonly number[];

  constructor(buffers: number) {
    this.o = range(buffers);
    this.client = { name: 'task 0', machine: clientMachine(buffers) };
    this.stopper = { name: 'task 1', machine: stopperMachine(buffers) };
    this.hardware = { name: 'task 2', machine: hardwareMachine(buffers) };
    this.trigger = { name: 'trigger', machine: triggerMachine() };
    this.lock = { name: 'lock', machine: lockMachine(2) };
    const queue = objectOf<Counted>(vb2QueueMachine({ buffersMax: buffers }));
    this.queue = { name: 'queue', machine: only(queue, OF_QUEUE) };
    const buffer = only(objectOf(vb2BufferMachine({ planesMax: 1 })), OF_BUFFER);
    this.buffers = many(buffers, 'buffer', buffer);
    this.stream = { name: 'stream', machine: slotMachine() };
    this.owned = many(buffers, 'owned', slotMachine());
    this.done = many(buffers, 'done', slotMachine());
    this.queued = many(buffers, 'queued', slotMachine());
  }

  get all(): readonly Component[] {
    const { client, stopper, hardware, trigger, lock, queue, stream } = this;
    const { buffers, owned, done, queued } = this;
    return [client, stopper, hardware, trigger, lock, queue, stream].concat(
      ...[buffers, owned, done, queued].map((list) => [...list]),
    );
  }
}

/** Moves that a task leads: alone, and for each buffer. */
function ledBy({ o }: Parts, name: string, task: Component) {
  return {
    alone: (step: string, ...others: readonly Take[]): readonly Move[] =>
      family(`${name}.${step}`, {}, () => [[task, step], ...others]),
    steps: (step: string, others: (o: number) => readonly Take[]): readonly Move[] =>
      family(`${name}.${step}`, { o }, ({ o: one }) => [[task, `${step}(${one})`], ...others(one)]),
  };
}

/** The completion of a buffer, with what others see of it. */
function completed({ queue, buffers, owned, done }: Parts, o: number, how: string): Take[] {
  return [
    [at(owned, o), 'clear'],
    [at(buffers, o), how],
    [queue, 'done'],
    [at(done, o), 'fill'],
  ];
}

function requestMoves(parts: Parts): readonly Move[] {
  const { client, queue, buffers, owned, queued, stream, lock } = parts;
  const { alone, steps } = ledBy(parts, 'client', client);
  return [
    ...alone('acquire', [lock, `acquire(${CLIENT})`]),
    ...alone('release', [lock, `release(${CLIENT})`]),
    ...steps('create', (o) => [
      [at(buffers, o), 'alloc.mmap(1)'],
      [queue, 'allocate'],
    ]),
    ...steps('prepare', (o) => [[at(buffers, o), 'prepare']]),
    ...steps('prepared', (o) => [[at(buffers, o), 'prepared']]),
    ...steps('queue', (o) => [
      [at(buffers, o), 'queue'],
      [at(queued, o), 'fill'],
    ]),
    ...alone('start', [queue, 'start']),
    ...steps('give', (o) => [
      [at(buffers, o), 'give'],
      [queue, 'give'],
      [at(owned, o), 'fill'],
    ]),
    ...alone('started', [queue, 'started']),
    ...alone('streamOn', [queue, 'streamOn'], [stream, 'fill']),
  ];
}

function dequeueMoves(parts: Parts): readonly Move[] {
  const { client, queue, buffers, done, queued, stream, trigger, o } = parts;
  const { alone, steps } = ledBy(parts, 'client', client);
  const nothing = o.map((one): Take => [at(done, one), 'isEmpty']);
  return [
    ...steps('ready', (one) => [
      [stream, 'isFilled'],
      [at(done, one), 'isFilled'],
      [queue, 'look'],
    ]),
    ...alone('off', [stream, 'isEmpty'], [queue, 'look']),
    // It looks, and says that it waits, in one step.
    ...alone('wait', [stream, 'isFilled'], ...nothing, [queue, 'wait']),
    ...steps('take', (one) => [
      [at(done, one), 'clear'],
      [queue, 'take'],
    ]),
    ...steps('dequeue', (one) => [
      [at(buffers, one), 'dequeue'],
      [at(queued, one), 'clear'],
    ]),
    ...alone('setState', [trigger, 'drop']),
    ...steps('sees', (one) => [[at(done, one), 'isFilled']]),
    ...alone('seesOff', [stream, 'isEmpty']),
    ...alone('seesNothing', [stream, 'isFilled'], ...nothing),
    ...alone('sleep', [trigger, 'isQuiet']),
    ...alone('again', [trigger, 'take']),
    ...alone('awake', [trigger, 'take']),
    ...alone('waitEnd', [queue, 'wait.end']),
  ];
}

function stopMoves(parts: Parts): readonly Move[] {
  const { stopper, queue, buffers, owned, done, queued, stream, lock, trigger } = parts;
  const { alone, steps } = ledBy(parts, 'stopper', stopper);
  return [
    ...alone('acquire', [lock, `acquire(${STOPPER})`]),
    ...alone('release', [lock, `release(${STOPPER})`]),
    ...alone('stop', [stream, 'isFilled'], [queue, 'stop']),
    ...alone('idle', [stream, 'isEmpty'], [queue, 'cancel']),
    ...steps('giveBack', (o) => completed(parts, o, 'done.error')),
    ...steps('hasNone', (o) => [[at(owned, o), 'isEmpty']]),
    ...alone('cancel', [stream, 'clear'], [queue, 'cancel']),
    ...alone('clear', [queue, 'clear']),
    ...steps('drop', (o) => [[at(done, o), 'clear']]),
    ...steps('miss', (o) => [[at(done, o), 'isEmpty']]),
    ...alone('discard', [queue, 'discard']),
    ...alone('wake', [trigger, 'pull']),
    ...steps('reset', (o) => [
      [at(queued, o), 'clear'],
      [at(buffers, o), 'cancel'],
    ]),
    ...steps('clean', (o) => [[at(queued, o), 'isEmpty']]),
    ...alone('streamOff', [queue, 'streamOff']),
  ];
}

function moves(parts: Parts): readonly Move[] {
  const { hardware, trigger } = parts;
  const { alone, steps } = ledBy(parts, 'hardware', hardware);
  return [
    ...requestMoves(parts),
    ...dequeueMoves(parts),
    ...stopMoves(parts),
    ...steps('complete', (o) => completed(parts, o, 'done')),
    ...alone('wake', [trigger, 'pull']),
  ];
}

const isAsleep = (value: unknown): boolean => value === 'asleep';
const isOneOf = (value: unknown, ...states: readonly string[]): boolean =>
  states.some((state) => value === state);
const isFilled = ({ value }: { readonly value: unknown }): boolean => value === 'filled';

function always(parts: Parts): readonly Claim[] {
  const { client, stopper, hardware, trigger, queue, buffers, owned, done, o } = parts;
  const [first, second] = [at(owned, 0), at(owned, 1)];
  return [
    claim(
      'VB2-012 the driver has as many buffers as are counted',
      [queue, first, second],
      ({ context }, one, other) =>
        context.owned === Number(isFilled(one)) + Number(isFilled(other)),
    ),
    claim(
      'VB2-011 the driver has no buffer when the stream is off',
      [stopper, first, second],
      ({ value }, one, other) =>
        !isOneOf(value, 'cancelled', 'cleared', 'emptied', 'telling', 'resetting', 'ended') ||
        (!isFilled(one) && !isFilled(other)),
    ),
    ...o.flatMap((one) => [
      claim(
        'VB2-012 what the driver has is active',
        [at(owned, one), at(buffers, one)],
        (slot, { value }) => isFilled(slot) === isIn(value, 'place', 'active'),
      ),
      claim(
        'VB2-010 nobody sleeps on when a buffer is done',
        [client, at(done, one), trigger, hardware, stopper],
        ({ value }, slot, pulled, { value: tells }, { value: stops }) =>
          !isAsleep(value) ||
          !isFilled(slot) ||
          pulled.value === 'pulled' ||
          tells === 'telling' ||
          isOneOf(stops, 'reclaiming', 'stopped', 'cancelled', 'cleared'),
      ),
    ]),
  ];
}

function sometimes({ client, stopper, hardware, trigger, done, stream }: Parts): readonly Claim[] {
  return [
    claim(
      'VB2-010 an interrupt wakes who waits',
      [client, trigger, stopper],
      ({ value }, pulled, { value: stops }) =>
        isAsleep(value) && pulled.value === 'pulled' && stops === 'locking',
    ),
    claim(
      'VB2-010 a buffer is done between the look and the sleep',
      [client, at(done, 0)],
      ({ value }, slot) => value === 'setting' && isFilled(slot),
    ),
    claim(
      'VB2-011 the stream is off while somebody waits',
      [client, stream, stopper],
      ({ value }, slot, { value: stops }) =>
        isAsleep(value) && !isFilled(slot) && stops === 'resetting',
    ),
    claim(
      'VB2-011 what is done is thrown away',
      [stopper, at(done, 0)],
      ({ value, context }, slot) => value === 'cleared' && context.at === 0 && isFilled(slot),
    ),
    claim(
      'VB2-008 the hardware is quicker than the start',
      [client, at(done, 0), hardware],
      ({ value }, slot) => value === 'given' && isFilled(slot),
    ),
  ];
}

function eventually({ client, stopper, hardware }: Parts): readonly Liveness[] {
  return [
    {
      name: 'VB2-010 whoever waits for buffers comes to an end',
      eventually: claim('it has', [client], ({ value }) => value === 'finished'),
      fair: weak(client.name, stopper.name, hardware.name),
    },
    {
      name: 'VB2-011 stream-off comes to an end',
      eventually: claim('it has', [stopper], ({ value }) => value === 'finished'),
      fair: weak(client.name, stopper.name),
    },
  ];
}

/** A program that streams, a thread of it that switches the stream off, and hardware. */
export function videoQueues({ buffers }: { readonly buffers: number }): System {
  const parts = new Parts(buffers);
  const { client, stopper, hardware } = parts;
  return {
    network: network(`a video queue of ${buffers} buffers`, parts.all, moves(parts)),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claimOfEach('all is over', [client, stopper, hardware], ({ value }) =>
        isOneOf(value, 'finished', 'busy'),
      ),
    },
  };
}
