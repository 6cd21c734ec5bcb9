import { fenceMachine } from '../../machines/fence.ts';
import { interruptLineMachine } from '../../machines/interrupt-line.ts';
import { timerMachine } from '../../machines/timer.ts';
import { claim, claimOfEach, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import { finderMachine, noteMachine, removerMachine } from './completion-tasks.ts';
import type { AtJob } from './completion-tasks.ts';
import { clientMachine } from './engine-tasks.ts';
import { asking, at, isIn, many, objectOf, only } from './parts.ts';
import { slotMachine } from './syncobj-tasks.ts';
import type { System } from './system.ts';

/** Clients that wait for one job each. */
export interface CompletionsScope {
  readonly jobs: number;
}

/** An interrupt line, with what a task that wants peace asks for. */
function edgeLine() {
  const events = ['assert', 'coalesce', 'latch', 'deliver', 'end', 'mask'];
  const line = only(objectOf(interruptLineMachine()), events);
  return asking(
    line,
    'isSynchronised',
    ({ value }) => isIn(value, 'service', 'idle') && !isIn(value, 'request', 'latched'),
  );
}

/** All machines. A lock is around each look at a note, so that a look is one step. */
class Parts {
  readonly clients;
  readonly remover;
  readonly fences;
  readonly notes;
  /** The device has not told of job j yet. */
  readonly reports;
  readonly line;
  readonly timer;
  readonly handler;
  readonly fallback;
  readonly j: readonly number[];

  constructor({ jobs }: CompletionsScope) {
    const bounds = { referencesMax: 1, callbacksMax: 0, errors: [] };
    const fence = objectOf(fenceMachine(bounds));
    const timer = objectOf(timerMachine());
    this.j = range(jobs);
    this.clients = many(jobs, 'task', clientMachine());
    this.remover = { name: `task ${jobs}`, machine: removerMachine() };
    this.fences = many(jobs, 'fence', only(fence, ['init', 'signal=0', 'stamp', 'wait.done']));
    this.notes = many(jobs, 'note', noteMachine());
    this.reports = many(jobs, 'report', slotMachine());
    this.line = { name: 'line', machine: edgeLine() };
    const isResting = ({ value }: { readonly value: unknown }): boolean =>
      isIn(value, 'function', 'resting');
    this.timer = { name: 'timer', machine: asking(timer, 'isResting', isResting) };
    this.handler = { name: 'handler', machine: finderMachine(jobs) };
    this.fallback = { name: 'fallback', machine: finderMachine(jobs) };
  }

  get all() {
    const { clients, remover, fences, notes, reports, line, timer, handler, fallback } = this;
    return [...clients, remover, ...fences, ...notes, ...reports, line, timer, handler, fallback];
  }
}

function clientMoves({ clients, fences, notes, timer, j }: Parts): readonly Move[] {
  return [
    ...family('submit', { j }, ({ j: job }) => [
      [at(clients, job), 'submit'],
      [at(notes, job), 'queue'],
      [at(fences, job), 'init'],
      [timer, 'arm'],
    ]),
    ...family('done', { j }, ({ j: job }) => [
      [at(clients, job), 'done'],
      [at(fences, job), 'wait.done'],
    ]),
  ];
}

/** Interrupts come, meet another one, or are lost. */
function deviceMoves({ notes, reports, line, j }: Parts): readonly Move[] {
  const tells = (name: string, ...others: readonly Take[]): readonly Move[] =>
    family(`device.${name}`, { j }, ({ j: job }) => [[at(reports, job), 'clear'], ...others]);
  return [
    ...family('device.finish', { j }, ({ j: job }) => [
      [at(notes, job), 'finish'],
      [at(reports, job), 'fill'],
    ]),
    ...tells('assert', [line, 'assert']),
    ...tells('coalesce', [line, 'coalesce']),
    ...tells('lostInterrupt'),
    ...family('line.latch', {}, () => [[line, 'latch']]),
  ];
}

/** What is done is taken note of by one of both, who signals then. */
function finding({ notes, fences, j }: Parts, finder: Component<AtJob>): readonly Move[] {
  const { name } = finder;
  const each = (step: string, others: (j: number) => readonly Take[]): readonly Move[] =>
    family(`${name}.${step}`, { j }, ({ j: job }) => [[finder, `${step}(${job})`], ...others(job)]);
  return [
    ...each('find', (job) => [[at(notes, job), 'take']]),
    ...each('signal', (job) => [[at(fences, job), 'signal=0']]),
    ...each('stamp', (job) => [[at(fences, job), 'stamp']]),
  ];
}

function finders(parts: Parts): readonly Move[] {
  const { handler, fallback, notes, line, timer, j } = parts;
  const all = (question: string): readonly Take[] => notes.map((note): Take => [note, question]);
  return [
    ...finding(parts, handler),
    ...finding(parts, fallback),
    ...family('handler.begin', {}, () => [
      [handler, 'begin'],
      [line, 'deliver'],
    ]),
    ...family('handler.rest', {}, () => [[handler, 'rest'], ...all('isNotDone')]),
    ...family('handler.end', {}, () => [
      [handler, 'end'],
      [line, 'end'],
    ]),
    ...family('fallback.begin', {}, () => [
      [fallback, 'begin'],
      [timer, 'expire'],
    ]),
    // What is not done yet is looked for the next time.
    ...family('fallback.again', { j }, ({ j: job }) => [
      [fallback, 'again'],
      [timer, 'arm'],
      ...notes.map((note, index): Take => [note, index === job ? 'isQueued' : 'isNotDone']),
    ]),
    ...family('fallback.rest', {}, () => [[fallback, 'rest'], ...all('isNotOpen')]),
    ...family('fallback.end', {}, () => [
      [fallback, 'end'],
      [timer, 'done'],
    ]),
  ];
}

/** The driver goes when all clients have gone: nobody may run on what it frees. */
function removal({ remover, fences, line, timer }: Parts): readonly Move[] {
  const steps = (name: string, step: string, ...others: readonly Take[]): readonly Move[] =>
    family(`remover.${name}`, {}, () => [[remover, step], ...others]);
  return [
    ...steps('wait', 'wait', ...fences.map((fence): Take => [fence, 'wait.done'])),
    ...steps('mask', 'mask', [line, 'mask']),
    ...steps('synchronise', 'synchronise', [line, 'isSynchronised']),
    ...steps('cancelled', 'cancel', [timer, 'cancel=1']),
    ...steps('wasIdle', 'cancel', [timer, 'cancel=0']),
    ...steps('waitForTimer', 'waitForTimer', [timer, 'isResting']),
    ...steps('free', 'free', [timer, 'free']),
  ];
}

const isOver = (value: unknown): boolean => !isIn(value, 'completion', 'pending');

function always({ remover, fences, notes, handler, fallback, line, j }: Parts): readonly Claim[] {
  const finished = ({ value }: { readonly value: unknown }): boolean => value === 'finished';
  return [
    ...j.flatMap((job): readonly Claim[] => [
      claim(
        'HW-IRQ-008 nobody is told of a job that is not done',
        [at(fences, job), at(notes, job)],
        (fence, { value }) => !isOver(fence.value) || value === 'taken',
      ),
      ...[handler, fallback].map((finder) =>
        claim(
          'HW-IRQ-008 nobody signals twice',
          [finder, at(fences, job)],
          ({ value, context }, fence) =>
            value !== 'found' || context.job !== job || !isOver(fence.value),
        ),
      ),
    ]),
    claim(
      'HW-IRQ-004 a handler runs while its line is in service',
      [handler, line],
      ({ value }, seen) => (value === 'away') === isIn(seen.value, 'service', 'idle'),
    ),
    claim(
      'HW-IRQ-005 no handler runs when its driver is freed',
      [remover, handler, line],
      (task, { value }, seen) =>
        !finished(task) || (value === 'away' && !isIn(seen.value, 'request', 'latched')),
    ),
    claim(
      'HW-TIME-004 no function of a timer runs when that is freed',
      [remover, fallback],
      (task, { value }) => !finished(task) || value === 'away',
    ),
  ];
}

function sometimes(parts: Parts): readonly Claim[] {
  const { notes, reports, line, timer, handler, fallback, remover, fences } = parts;
  const [one, other] = [at(notes, 0), at(notes, 1)];
  return [
    claim(
      'HW-IRQ-008 a job is done, and nobody hears of it',
      [one, at(reports, 0), line, handler, timer],
      ({ value }, report, { value: seen }, { value: where }, { value: armed }) =>
        value === 'done' &&
        report.value === 'empty' &&
        isIn(seen, 'request', 'idle') &&
        where === 'away' &&
        isIn(armed, 'arming', 'armed'),
    ),
    claim(
      'HW-IRQ-001 two jobs are done, and one interrupt comes',
      [one, other, at(reports, 0), at(reports, 1), line],
      (first, second, told, toldToo, { value }) =>
        first.value === 'done' &&
        second.value === 'done' &&
        told.value === 'empty' &&
        toldToo.value === 'empty' &&
        isIn(value, 'request', 'latched'),
    ),
    claim(
      'HW-IRQ-008 both look at once, and each finds one job',
      [handler, fallback],
      (interrupt, timed) => interrupt.value === 'found' && timed.value === 'found',
    ),
    claim(
      'HW-IRQ-005 an interrupt is on its way when its line is masked',
      [remover, line],
      ({ value }, seen) => value === 'synchronise' && isIn(seen.value, 'request', 'pending'),
    ),
    claim(
      'HW-IRQ-005 a handler runs when its line is masked',
      [remover, handler, at(fences, 0)],
      ({ value }, { value: where }) => value === 'synchronise' && where !== 'away',
    ),
    claim(
      'HW-TIME-004 a timer is cancelled while its function runs',
      [remover, fallback],
      ({ value }, { value: where }) => value === 'waitForTimer' && where !== 'away',
    ),
  ];
}

function eventually(parts: Parts): readonly Liveness[] {
  const { clients, fences, notes, remover, handler, fallback } = parts;
  const both = [handler.name, fallback.name];
  const ends = clients.map((client, index): Liveness => ({
    name: `HW-IRQ-008 ${client.name} hears that its job is done`,
    whenever: claim('it is', [at(notes, index)], ({ value }) => value === 'done'),
    eventually: claim('its fence is signaled', [at(fences, index)], ({ value }) => isOver(value)),
    // Interrupts may be lost, each of them.
    fair: weak(...both),
  }));
  const going: Liveness = {
    name: 'HW-IRQ-005 a driver goes',
    whenever: claim('it wants to', [remover], ({ value }) => value === 'mask'),
    eventually: claim('it has', [remover], ({ value }) => value === 'finished'),
    fair: weak(...both, remover.name),
  };
  return [...ends, going];
}

/** Clients of a device whose interrupts may be lost, and a driver that looks by a timer, too. */
export function completions(scope: CompletionsScope): System {
  const parts = new Parts(scope);
  const { clients, remover, handler, fallback } = parts;
  const ended = [...clients, remover, handler, fallback];
  return {
    network: network(`completions by an interrupt or a timer (${scope.jobs} jobs)`, parts.all, [
      ...clientMoves(parts),
      ...deviceMoves(parts),
      ...finders(parts),
      ...removal(parts),
    ]),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claimOfEach('all is over', ended, ({ value }) =>
        ['finished', 'away'].some((state) => value === state),
      ),
    },
  };
}
