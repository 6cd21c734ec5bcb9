import { codecMachine } from '../../machines/codec.ts';
import { vb2BufferMachine } from '../../machines/vb2-buffer.ts';
import { claim, claimOfEach, strong, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Move, Take } from '../network.ts';
import { lineMachine } from './engine-tasks.ts';
import { at, isIn, listMachine, lockMachine, many, objectOf, only } from './parts.ts';
import { slotMachine } from './syncobj-tasks.ts';
import type { System } from './system.ts';
import { fillerMachine } from './video-device-tasks.ts';

const OF_BUFFER = [
  ...['alloc.mmap(1)', 'prepare', 'prepared', 'queue', 'give'],
  ...['done', 'done.error', 'dequeue'],
];
const OF_CODEC = [
  ...['start(1)', 'read(0)', 'write(0)', 'drain', 'raise'],
  ...['partial.error', 'hang', 'ack', 'reset'],
];

/** All machines. Who has the lock of the queue is about to hand a buffer over. */
class Parts {
  readonly t: readonly number[];
  readonly tasks;
  readonly buffers;
  readonly codec;
  readonly lock;
  /** Buffers that pictures are wanted in. */
  readonly empty;
  /** The one that the codec is at; those that a picture was made in. */
  readonly job;
  readonly made;
  /** The codec has said that the job has failed. */
  readonly failed = { name: 'failed', machine: slotMachine() };
  readonly line = { name: 'line', machine: lineMachine() };

  constructor(tasks: number) {
    this.t = range(tasks);
    this.tasks = many(tasks, 'task', fillerMachine());
    const buffer = only(objectOf(vb2BufferMachine({ planesMax: 1 })), OF_BUFFER);
    this.buffers = many(tasks, 'buffer', buffer);
    this.codec = {
      name: 'codec',
      machine: only(objectOf(codecMachine({ pagesMax: 1 })), OF_CODEC),
    };
    this.lock = { name: 'lock', machine: lockMachine(tasks) };
    this.empty = { name: 'empty', machine: listMachine(tasks) };
    this.job = many(tasks, 'job', slotMachine());
    this.made = many(tasks, 'made', slotMachine());
  }

  get all() {
    const { tasks, buffers, codec, lock, empty, job, made, failed, line } = this;
    return [...tasks, ...buffers, codec, lock, empty, ...job, ...made, failed, line];
  }
}

function clients({ tasks, buffers, lock, empty, t }: Parts): readonly Move[] {
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
      [empty, `append(${t})`],
      [lock, `release(${t})`],
    ]),
    ...step('take', (t) => [[at(buffers, t), 'dequeue']]),
  ];
}

function coding({ codec, empty, job, made, failed, line, t }: Parts): readonly Move[] {
  const step = (name: string, event: string, ...others: readonly Take[]): readonly Move[] =>
    family(`codec.${name}`, {}, () => [[codec, event], ...others]);
  const nobody = t.map((one): Take => [at(job, one), 'isEmpty']);
  return [
    ...family('driver.start', { t }, ({ t: one }) => [
      [codec, 'start(1)'],
      [empty, `shift(${one})`],
      ...nobody.filter(([slot]) => slot !== at(job, one)),
      [at(job, one), 'fill'],
    ]),
    ...step('read', 'read(0)'),
    ...step('write', 'write(0)'),
    ...family('codec.drain', { t }, ({ t: one }) => [
      [codec, 'drain'],
      [at(job, one), 'isFilled'],
      [at(made, one), 'fill'],
    ]),
    ...step('raise', 'raise', [line, 'raise']),
    ...step('lostInterrupt', 'raise'),
    ...step('partial', 'partial.error', [failed, 'fill'], [line, 'raise']),
    ...step('hang', 'hang'),
  ];
}

/** The end of a job, as the handler or the watchdog sees it. */
function ending({ codec, buffers, job, failed, line, t }: Parts): readonly Move[] {
  const end = (name: string, how: string, others: readonly Take[]): readonly Move[] =>
    family(name, { t }, ({ t: one }) => [
      [at(job, one), 'clear'],
      [at(buffers, one), how],
      ...others,
    ]);
  const good: readonly Take[] = [
    [codec, 'ack'],
    [failed, 'isEmpty'],
  ];
  const bad: readonly Take[] = [
    [codec, 'ack'],
    [failed, 'clear'],
  ];
  return [
    ...end('handler.complete', 'done', [...good, [line, 'take']]),
    ...end('handler.fail', 'done.error', [...bad, [line, 'take']]),
    ...end('watchdog.found', 'done', good),
    ...end('watchdog.foundFailed', 'done.error', bad),
    ...end('watchdog.reset', 'done.error', [
      [codec, 'reset'],
      [failed, 'isEmpty'],
    ]),
  ];
}

const isFilled = ({ value }: { readonly value: unknown }): boolean => value === 'filled';

function always({ buffers, codec, job, made, t }: Parts): readonly Claim[] {
  return t.flatMap((one) => [
    claim(
      'HW-CODEC-004 a buffer without an error has a picture',
      [at(buffers, one), at(made, one)],
      ({ value }, slot) => !isIn(value, 'place', 'done') || isFilled(slot),
    ),
    claim(
      'HW-CODEC-002 who the codec works for waits',
      [at(job, one), at(buffers, one)],
      (slot, { value }) => !isFilled(slot) || isIn(value, 'place', 'active'),
    ),
    claim(
      'HW-CODEC-001 a codec that has a job is not idle',
      [at(job, one), codec],
      (slot, { value }) => !isFilled(slot) || value !== 'idle',
    ),
  ]);
}

function sometimes({ codec, buffers, line }: Parts): readonly Claim[] {
  return [
    claim('HW-CODEC-004 the codec hangs', [codec], ({ value }) => value === 'hung'),
    claim('HW-CODEC-004 a job fails', buffers.slice(0, 1), ({ value }) =>
      isIn(value, 'place', 'error'),
    ),
    claim(
      'HW-CODEC-001 a job is done, and nobody hears of it',
      [codec, line],
      ({ value }, low) => value === 'done' && low.value === 'low',
    ),
  ];
}

function eventually({ tasks, codec }: Parts): readonly Liveness[] {
  const ends = ['handler.complete', 'handler.fail', 'watchdog.found', 'watchdog.foundFailed'];
  return tasks.map((task, index) => ({
    name: `HW-CODEC-004 task ${index} gets its buffer back`,
    whenever: claim('it waits', [task], ({ value }) => value === 'waiting'),
    eventually: claim('it has', [task], ({ value }) => value === 'finished'),
    fair: [...weak(codec.name, task.name), ...strong('watchdog.reset', ...ends)],
  }));
}

/** Programs with a buffer each, a codec, and its driver with a watchdog. Interrupts may be lost. */
export function pictures({ tasks }: { readonly tasks: number }): System {
  const parts = new Parts(tasks);
  return {
    network: network(`a codec and ${tasks} tasks`, parts.all, [
      ...clients(parts),
      ...coding(parts),
      ...ending(parts),
    ]),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claimOfEach('all is over', parts.tasks, ({ value }) => value === 'finished'),
    },
  };
}
