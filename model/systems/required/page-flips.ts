import { commitMachine } from '../../machines/commit.ts';
import { vblankMachine } from '../../machines/vblank.ts';
import { claim, claimOfEach, strong, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import {
  committerMachine,
  driverMachine,
  interruptMachine,
  rendererMachine,
} from './display-tasks.ts';
import { at, isIn, lockMachine, many, objectOf, only } from './parts.ts';
import { slotMachine } from './syncobj-tasks.ts';
import type { System } from './system.ts';

/** Those who use the event lock besides the committers. */
const INTERRUPT = 0;

/** Commits on one CRTC that stays lit, each behind a fence, and the interrupt that shows them. */
class Parts {
  readonly c: readonly number[];
  readonly committers: readonly Component[];
  readonly renderers: readonly Component[];
  readonly driver: Component;
  readonly interrupt: Component;
  readonly commits: readonly Component[];
  readonly vblank: Component;
  readonly lock: Component;
  /** What commit c waits for, and what waits for it. */
  readonly inFences: readonly Component[];
  readonly outFences: readonly Component[];
  readonly swapped: readonly Component[];
  readonly programmed: readonly Component[];
  readonly flipped: readonly Component[];
  /** Its event is on the list. */
  readonly armed: readonly Component[];

  constructor(commits: number) {
    this.c = range(commits);
    this.committers = many(commits, 'task', committerMachine());
    this.renderers = many(commits, 'signaller', rendererMachine());
    this.driver = { name: 'driver', machine: driverMachine() };
    this.interrupt = { name: 'interrupt', machine: interruptMachine() };
    const used = ['make', 'swap', 'programmed', 'flip', 'clean'];
    this.commits = many(commits, 'commit', only(objectOf(commitMachine()), used));
    this.vblank = {
      name: 'vblank',
      machine: only(objectOf(vblankMachine({ referencesMax: 2, eventsMax: 1 })), [
        ...['init', 'on', 'get=0', 'put', 'arm', 'tick', 'send', 'rest'],
      ]),
    };
    this.lock = { name: 'event lock', machine: lockMachine(commits + 1) };
    this.inFences = many(commits, 'in-fence', slotMachine());
    this.outFences = many(commits, 'out-fence', slotMachine());
    this.swapped = many(commits, 'swapped', slotMachine());
    this.programmed = many(commits, 'programmed', slotMachine());
    this.flipped = many(commits, 'flipped', slotMachine());
    this.armed = many(commits, 'armed', slotMachine());
  }

  get all(): readonly Component[] {
    const { committers, renderers, driver, interrupt, commits, vblank, lock } = this;
    const slots = [this.inFences, this.outFences, this.swapped, this.programmed];
    return [
      ...committers,
      ...renderers,
      driver,
      interrupt,
      ...commits,
      vblank,
      lock,
      ...slots.flat(),
      ...this.flipped,
      ...this.armed,
    ];
  }
}

/** The commit before has come so far; the first one has none before it. */
const before = (slots: readonly Component[], c: number): readonly Take[] =>
  c === 0 ? [] : [[at(slots, c - 1), 'isFilled']];

function committing(parts: Parts): readonly Move[] {
  const { c, committers, commits, vblank, lock } = parts;
  const steps = (step: string, others: (c: number) => readonly Take[]): readonly Move[] =>
    family(`committer.${step}`, { c }, ({ c }) => [[at(committers, c), step], ...others(c)]);
  return [
    // The mode locks are held from the check to the swap.
    ...steps('make', (c) => [[at(commits, c), 'make'], ...before(parts.swapped, c)]),
    ...steps('swap', (c) => [
      [at(commits, c), 'swap'],
      [at(parts.swapped, c), 'fill'],
      ...before(parts.programmed, c),
    ]),
    ...steps('waitForFence', (c) => [[at(parts.inFences, c), 'isFilled']]),
    ...steps('waitForProgramming', (c) => before(parts.programmed, c)),
    ...steps('waitForFlip', (c) => before(parts.flipped, c)),
    ...steps('lock', (c) => [[lock, `acquire(${c + 1})`]]),
    ...steps('get', () => [[vblank, 'get=0']]),
    ...steps('arm', (c) => [
      [vblank, 'arm'],
      [at(parts.armed, c), 'fill'],
    ]),
    ...steps('unlock', (c) => [[lock, `release(${c + 1})`]]),
    ...steps('program', (c) => [
      [at(commits, c), 'programmed'],
      [at(parts.programmed, c), 'fill'],
    ]),
    ...steps('waitForOwnFlip', (c) => [[at(parts.flipped, c), 'isFilled']]),
    ...steps('clean', (c) => [[at(commits, c), 'clean']]),
  ];
}

function interrupting(parts: Parts): readonly Move[] {
  const { c, interrupt, commits, vblank, lock, armed, flipped, outFences } = parts;
  const alone = (step: string, ...others: readonly Take[]): readonly Move[] =>
    family(`interrupt.${step}`, {}, () => [[interrupt, step], ...others]);
  const steps = (step: string, others: (c: number) => readonly Take[]): readonly Move[] =>
    family(`interrupt.${step}`, { c }, ({ c }) => [[interrupt, step], ...others(c)]);
  return [
    ...alone('tick', [vblank, 'tick'], [lock, `acquire(${INTERRUPT})`]),
    ...alone('isDone', ...armed.map((slot): Take => [slot, 'isEmpty'])),
    ...steps('send', (c) => [
      [at(armed, c), 'isFilled'],
      [vblank, 'send'],
    ]),
    ...alone('put', [vblank, 'put']),
    ...steps('flip', (c) => [
      [at(armed, c), 'isFilled'],
      [at(commits, c), 'flip'],
      [at(flipped, c), 'fill'],
    ]),
    ...steps('signal', (c) => [
      [at(armed, c), 'clear'],
      [at(outFences, c), 'fill'],
    ]),
    ...alone('rest', [vblank, 'rest']),
    ...alone('goOn'),
    ...alone('unlock', [lock, `release(${INTERRUPT})`]),
  ];
}

function moves(parts: Parts): readonly Move[] {
  const { c, renderers, driver, vblank } = parts;
  return [
    ...family('driver.init', {}, () => [
      [driver, 'init'],
      [vblank, 'init'],
    ]),
    ...family('driver.on', {}, () => [
      [driver, 'on'],
      [vblank, 'on'],
    ]),
    ...committing(parts),
    ...interrupting(parts),
    ...family('signaller.signal', { c }, ({ c }) => [
      [at(renderers, c), 'signal'],
      [at(parts.inFences, c), 'fill'],
    ]),
  ];
}

const isFilled = (value: unknown): boolean => value === 'filled';

function always(parts: Parts): readonly Claim[] {
  const { c, commits, inFences, outFences, flipped } = parts;
  return c.flatMap((commit) => [
    claim(
      'KMS-010 what is shown was waited for',
      [at(outFences, commit), at(inFences, commit)],
      (out, needed) => !isFilled(out.value) || isFilled(needed.value),
    ),
    claim(
      'KMS-016 what is cleaned up has flipped',
      [at(commits, commit)],
      ({ value }) => !isIn(value, 'progress', 'clean') || isIn(value, 'flip', 'flipped'),
    ),
    claim(
      'KMS-019 those behind hear of a flip before its fence signals',
      [at(outFences, commit), at(flipped, commit)],
      (out, told) => !isFilled(out.value) || isFilled(told.value),
    ),
    ...(commit === 0
      ? []
      : [
          claim(
            'KMS-012 commits are shown in their order',
            [at(outFences, commit), at(outFences, commit - 1)],
            (out, last) => !isFilled(out.value) || isFilled(last.value),
          ),
        ]),
  ]);
}

function sometimes({ committers, commits, vblank }: Parts): readonly Claim[] {
  const [first, second] = [at(commits, 0), at(commits, 1)];
  return [
    claim(
      'KMS-012 a commit waits for the flip of the one before',
      [at(committers, 1), first],
      (task, { value }) => task.value === 'waitForFlip' && isIn(value, 'flip', 'pending'),
    ),
    claim(
      'KMS-011 a commit waits for the programming of the one before',
      [at(committers, 1), first],
      (task, { value }) => task.value === 'swap' && isIn(value, 'progress', 'swapped'),
    ),
    claim(
      'KMS-016 a commit is cleaned up when the next one is under way',
      [first, second],
      (one, other) =>
        isIn(one.value, 'progress', 'programmed') && isIn(other.value, 'progress', 'swapped'),
    ),
    claim(
      'KMS-013 nobody wants vertical blanks between two commits',
      [vblank, first, at(committers, 1)],
      ({ value }, one, task) =>
        value === 'resting' && isIn(one.value, 'progress', 'clean') && task.value !== 'finished',
    ),
  ];
}

function eventually(parts: Parts): readonly Liveness[] {
  const { c, committers, renderers, driver, interrupt, outFences } = parts;
  const upTo = (list: readonly Component[], commit: number): readonly string[] =>
    list.slice(0, commit + 1).map(({ name }) => name);
  return c.map((commit): Liveness => {
    const weakly = [...upTo(renderers, commit), interrupt.name, driver.name];
    // Behind the first one the interrupt may have the lock again and again.
    const first = commit === 0 ? [at(committers, 0).name] : [];
    return {
      name: `KMS-013 the out-fence of commit ${commit} signals`,
      eventually: claim('it has', [at(outFences, commit)], ({ value }) => isFilled(value)),
      fair: [
        ...weak(...weakly, ...first),
        ...strong(...(commit === 0 ? [] : upTo(committers, commit))),
      ],
    };
  });
}

/** Commits one behind the other on one CRTC, each with an in-fence and an out-fence. */
export function pageFlips({ commits }: { readonly commits: number }): System {
  const parts = new Parts(commits);
  return {
    network: network(`${commits} page flips behind fences`, parts.all, moves(parts)),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claimOfEach(
        'all is over',
        [...parts.committers, ...parts.renderers],
        ({ value }) => value === 'finished',
      ),
    },
  };
}
