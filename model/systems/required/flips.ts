import { setup } from 'xstate';
import { crtcMachine } from '../../machines/crtc.ts';
import { fenceMachine } from '../../machines/fence.ts';
import { claim, claimOfEach, strong, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { systemMachine } from '../machine.ts';
import type { SystemMachine } from '../machine.ts';
import { family, network, range } from '../network.ts';
import type { Move, Take } from '../network.ts';
import { handlerMachine, jobMachine, lineMachine } from './engine-tasks.ts';
import { at, isIn, lockMachine, many, objectOf, only } from './parts.ts';
import { slotMachine } from './syncobj-tasks.ts';
import type { System } from './system.ts';

/** Clients that show one frame each, one after the other. */
export interface FlipsScope {
  readonly tasks: number;
}

const FRAME = ['line(0)', 'latch', 'repeat', 'count', 'vblank'];

/** A client: it asks for its frame, asks to be told, and waits for that. */
function clientMachine(): SystemMachine {
  const machine = setup({}).createMachine({
    id: 'client',
    initial: 'new',
    states: {
      new: { on: { go: 'arming' } },
      arming: { on: { arm: 'waiting' } },
      waiting: { on: { done: 'finished' } },
      finished: {},
    },
  });
  return systemMachine(
    machine,
    ['go', 'arm', 'done'].map((type) => ({ type })),
  );
}

/** All machines. Who has the lock has a frame that is not shown yet. */
class Parts {
  readonly tasks;
  readonly fences;
  /** The frame of task t: on its way, or shown. */
  readonly frames;
  /** Task t is to be told. */
  readonly events;
  readonly crtc;
  /** The screen is on. */
  readonly power;
  readonly lock;
  readonly line;
  readonly handler;
  readonly t: readonly number[];

  constructor({ tasks }: FlipsScope) {
    const bounds = { referencesMax: 1, callbacksMax: 0, errors: [] };
    const fence = objectOf(fenceMachine(bounds));
    this.t = range(tasks);
    this.tasks = many(tasks, 'task', clientMachine());
    this.fences = many(tasks, 'fence', only(fence, ['init', 'signal=0', 'stamp', 'wait.done']));
    this.frames = many(tasks, 'frame', jobMachine());
    this.events = many(tasks, 'event', slotMachine());
    const crtc = objectOf(crtcMachine({ linesMax: 1 }));
    this.crtc = { name: 'crtc', machine: only(crtc, ['enable(1)', 'go', ...FRAME]) };
    this.power = { name: 'power', machine: slotMachine() };
    this.lock = { name: 'lock', machine: lockMachine(tasks) };
    this.line = { name: 'line', machine: lineMachine() };
    this.handler = { name: 'handler', machine: handlerMachine(tasks) };
  }

  get all() {
    const { tasks, fences, frames, events, crtc, power, lock, line, handler } = this;
    return [...tasks, ...fences, ...frames, ...events, crtc, power, lock, line, handler];
  }
}

function clients(parts: Parts): readonly Move[] {
  const { tasks, fences, frames, events, crtc, power, lock, t } = parts;
  const each = (name: string, others: (t: number) => readonly Take[]): readonly Move[] =>
    family(name, { t }, ({ t }) => [[at(tasks, t), name], ...others(t)]);
  return [
    ...each('go', (t) => [
      [lock, `acquire(${t})`],
      [power, 'isFilled'],
      [at(frames, t), 'queue'],
      [at(fences, t), 'init'],
      [crtc, 'go'],
    ]),
    ...each('arm', (t) => [[at(events, t), 'fill']]),
    ...each('done', (t) => [[at(fences, t), 'wait.done']]),
  ];
}

/** Frame after frame; the interrupt comes, is lost, or comes for nothing. */
function scanning({ crtc, power, frames, line, t }: Parts): readonly Move[] {
  const alone = (event: string, ...others: readonly Take[]): readonly Move[] =>
    family(`crtc.${event}`, {}, () => [[crtc, event], ...others]);
  return [
    ...family('crtc.enable', {}, () => [
      [crtc, 'enable(1)'],
      [power, 'fill'],
    ]),
    ...alone('line(0)'),
    ...family('crtc.latch', { t }, ({ t }) => [
      [crtc, 'latch'],
      [at(frames, t), 'finish'],
    ]),
    ...alone('repeat'),
    ...alone('count'),
    ...alone('vblank', [line, 'raise']),
    ...family('crtc.lostInterrupt', {}, () => [[crtc, 'vblank']]),
    ...family('spurious', {}, () => [[line, 'raise']]),
  ];
}

/** The handler compares what is shown with what was asked for. */
function handling({ handler, line, frames, events, fences, lock, t }: Parts): readonly Move[] {
  const each = (name: string, others: (t: number) => readonly Take[]): readonly Move[] =>
    family(`handler.${name}`, { t }, ({ t }) => [[handler, `${name}(${t})`], ...others(t)]);
  return [
    ...family('handler.take', {}, () => [
      [handler, 'take'],
      [line, 'take'],
    ]),
    ...family('handler.leave', {}, () => [[handler, 'leave']]),
    ...each('signal', (t) => [
      [at(events, t), 'clear'],
      [at(frames, t), 'isFinished'],
      [at(fences, t), 'signal=0'],
    ]),
    ...each('stamp', (t) => [
      [at(fences, t), 'stamp'],
      [lock, `release(${t})`],
    ]),
  ];
}

const isOver = (value: unknown): boolean => !isIn(value, 'completion', 'pending');

function always({ fences, frames, lock, crtc, t }: Parts): readonly Claim[] {
  return [
    ...t.map((task) =>
      claim(
        'HW-DISP-010 nobody is told before the frame is shown',
        [at(fences, task), at(frames, task)],
        (fence, { value }) => !isOver(fence.value) || value === 'finished',
      ),
    ),
    claim(
      'HW-DISP-002 what was asked for is taken over once',
      [crtc, lock],
      ({ context }, { value }) => !isAsked(context) || value === 'held',
    ),
  ];
}

/** Registers wait to be taken over. */
function isAsked(context: unknown): boolean {
  return typeof context === 'object' && context !== null && 'go' in context && context.go === true;
}

function sometimes({ tasks, frames, line, handler, crtc }: Parts): readonly Claim[] {
  const [task, frame] = [at(tasks, 0), at(frames, 0)];
  return [
    claim(
      'HW-DISP-009 a frame is shown, and nobody hears of it',
      [task, frame, line, handler, crtc],
      ({ value: waits }, { value: shown }, { value }, { value: where }, screen) =>
        waits === 'waiting' &&
        shown === 'finished' &&
        value === 'low' &&
        where === 'away' &&
        isIn(screen.value, 'on', 'blank'),
    ),
    claim(
      'HW-DISP-006 the frame is shown before anybody asks to be told',
      [task, frame],
      ({ value }, { value: shown }) => value === 'arming' && shown === 'finished',
    ),
  ];
}

function eventually({ tasks, fences, crtc, handler }: Parts): readonly Liveness[] {
  return fences.map((fence, index): Liveness => ({
    name: `HW-DISP-009 task ${index} is told that its frame is shown`,
    whenever: claim('it waits', [at(tasks, index)], ({ value }) => value === 'waiting'),
    eventually: claim('its fence is signaled', [fence], ({ value }) => isOver(value)),
    // Interrupts may be lost, but not all of them; spurious ones help nobody.
    fair: [...weak(crtc.name, handler.name), ...strong('crtc.vblank', 'handler.signal')],
  }));
}

/** Clients that show their frames on one screen, and are told when that is done. */
export function flips(scope: FlipsScope): System {
  const parts = new Parts(scope);
  const { tasks } = scope;
  return {
    network: network(`frames on a screen, with lost interrupts (${tasks} tasks)`, parts.all, [
      ...clients(parts),
      ...scanning(parts),
      ...handling(parts),
    ]),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claimOfEach('all frames are shown', parts.tasks, ({ value }) => value === 'finished'),
    },
  };
}
