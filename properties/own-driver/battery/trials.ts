import { program, type Written } from '../../programs/parse.ts';
import { resultNamed } from '../../check/results.ts';
import type { Schedules } from '../../run/explore.ts';
import type { DriverSubject } from './subject.ts';
import { alone, atOnce, type Limits, type Trial } from './trial.ts';

const IMPORTERS = ['importer.static', 'importer.dynamic'] as const;
const EXPORTERS = ['exporter.plain', 'exporter.moving'] as const;

/** Who meets whom: the driver under check with every partner. */
interface Pair {
  readonly exporter: string;
  readonly importer: string;
}

function pairsOf({ kind, operation }: DriverSubject): readonly Pair[] {
  return kind === 'exporter'
    ? IMPORTERS.map((importer) => ({ exporter: operation, importer }))
    : EXPORTERS.map((exporter) => ({ exporter, importer: operation }));
}

/** Both builds of the kernel: importers hear of moves, or each map pins. */
const BUILDS = [
  { moveNotify: true, build: '' },
  { moveNotify: false, build: ', pinned by maps' },
] as const;

function trial(
  name: string,
  written: Written,
  schedules: readonly Schedules[],
  claim?: Trial['claim'],
): Trial {
  const made = program(name, written);
  return { program: made, schedules, ...(claim === undefined ? {} : { claim }) };
}

/** One user after the other: the protocol itself, then with memory and patience that run out. */
function inTurn(pair: Pair, limits: Limits): readonly Trial[] {
  const { exporter, importer } = pair;
  const moves = exporter === 'exporter.moving' ? 'e = exporter.move(b)' : '';
  const calls = `i = ${importer}(b); importer.write(i); ${moves}; importer.read(i); ${moves}
    importer.close(i); buf.put(b)`;
  const name = `${importer} on ${exporter}`;
  return [
    ...BUILDS.map(({ moveNotify, build }) =>
      trial(
        `${name}${build}`,
        { world: { moveNotify }, setup: `b = ${exporter}(1)`, tasks: { A: calls } },
        alone(limits),
      ),
    ),
    trial(
      `${name}, without memory`,
      {
        world: { moveNotify: true, failuresMax: 1 },
        tasks: {
          A: `b = ${exporter}(1); i = ${importer}(b); importer.write(i); exporter.move(b)
            importer.read(i); importer.close(i)`,
        },
      },
      [{ kind: 'bounded', preemptions: 0, runsMax: 200 }],
    ),
    trial(
      `${name}, three pages`,
      {
        setup: `b = ${exporter}(3)`,
        tasks: { A: `i = ${importer}(b); importer.read(i); importer.close(i)` },
      },
      alone(limits),
    ),
  ];
}

/** Content follows the buffer, wherever it goes. */
function content({ exporter }: Pair, limits: Limits): Trial {
  const moves = exporter === 'exporter.moving' ? 'exporter.move(b)' : '';
  return trial(
    `${exporter} keeps content`,
    {
      world: { moveNotify: true },
      setup: `b = ${exporter}(1); r = buf.resv(b); a = attach.dynamic(b, gpu)`,
      tasks: {
        A: `t = attach.mapUnlocked(a, BIDIRECTIONAL); device.write(a, t, 7)
          attach.giveBack(a, t, BIDIRECTIONAL); ${moves}; resv.wait(r, KERNEL)
          u = attach.mapUnlocked(a, BIDIRECTIONAL); x = device.read(a, u)
          attach.giveBack(a, u, BIDIRECTIONAL)`,
      },
    },
    alone(limits),
    (run) => {
      const byte = resultNamed(run, 'x');
      return byte === 7 || byte === 'no table' ? null : `a device reads ${String(byte)}, not 7`;
    },
  );
}

/** A pin is kept for as long as it is held, whoever wants to move. */
function pins({ exporter }: Pair, limits: Limits): readonly Trial[] {
  if (exporter !== 'exporter.moving') return [];
  const world = { moveNotify: true };
  const pinned = `resv.lock(r); p = attach.pin(a); resv.unlock(r); t = attach.mapUnlocked(a, TO_DEVICE)
    device.read(a, t); attach.giveBack(a, t, TO_DEVICE); resv.lock(r); attach.unpin(a); resv.unlock(r)`;
  const setup = `b = ${exporter}(1); r = buf.resv(b); a = attach.dynamic(b, gpu)`;
  return [
    trial(
      'pinned in turn',
      {
        world,
        setup,
        tasks: {
          A: `exporter.move(b); resv.lock(r); p = attach.pin(a); resv.unlock(r); exporter.move(b)
            resv.lock(r); attach.unpin(a); resv.unlock(r)`,
        },
      },
      alone(limits),
    ),
    trial(
      'pinned by two',
      {
        setup: `b = ${exporter}(1); a = attach.dynamic(b, gpu); c = attach.dynamic(b, display)`,
        tasks: {
          A: `t = attach.mapUnlocked(a, TO_DEVICE); u = attach.mapUnlocked(c, TO_DEVICE)
            attach.giveBack(a, t, TO_DEVICE); exporter.move(b); attach.giveBack(c, u, TO_DEVICE)
            exporter.move(b)`,
        },
      },
      alone(limits),
    ),
    trial(
      'pinned at once',
      { world, setup, tasks: { A: pinned, B: 'exporter.move(b)' } },
      atOnce(limits),
    ),
  ];
}

/** Devices, moves and the last reference, all at the same time. */
function concurrent({ exporter, importer }: Pair, limits: Limits): readonly Trial[] {
  const isMoving = exporter === 'exporter.moving';
  const name = `${importer} on ${exporter}`;
  const world = { moveNotify: true };
  const setup = `b = ${exporter}(1); i = ${importer}(b); j = ${importer}(b)`;
  return [
    trial(
      `${name}, two devices`,
      {
        world,
        setup,
        tasks: {
          A: 'importer.write(i); importer.close(i)',
          B: 'importer.read(j); importer.close(j)',
        },
      },
      atOnce(limits),
    ),
    trial(
      `${name}, comes and goes`,
      {
        world,
        setup: `b = ${exporter}(1); i = ${importer}(b)`,
        tasks: {
          A: 'importer.write(i); importer.close(i)',
          B: `j = ${importer}(b); importer.read(j); importer.close(j); buf.put(b)`,
        },
      },
      atOnce(limits),
    ),
    ...(isMoving
      ? [
          trial(
            `${name}, moves below`,
            {
              world,
              setup: `b = ${exporter}(1); i = ${importer}(b); importer.write(i)`.replace(
                importer === 'importer.static' ? '; importer.write(i)' : '~',
                '',
              ),
              tasks: {
                A: 'importer.write(i); importer.read(i); importer.close(i)',
                B: 'exporter.move(b); exporter.move(b)',
              },
            },
            atOnce(limits),
          ),
          trial(
            `${exporter}, moved and released`,
            { world, setup: `b = ${exporter}(1)`, tasks: { A: 'exporter.move(b); buf.put(b)' } },
            alone(limits),
          ),
        ]
      : []),
  ];
}

/** The calls that the class offers besides. */
function others({ kind, operation, calls }: DriverSubject, limits: Limits): readonly Trial[] {
  if (kind === 'importer') return [];
  return calls.flatMap((call) => [
    trial(
      `${call.split('(')[0]} alone`,
      { setup: `b = ${operation}(1)`, tasks: { A: call } },
      alone(limits),
    ),
  ]);
}

/** Everything that is written by hand; see `drawn.ts` for what is drawn. */
export function writtenTrials(subject: DriverSubject, limits: Limits): readonly Trial[] {
  const pairs = pairsOf(subject);
  return [
    ...pairs.flatMap((pair) => inTurn(pair, limits)),
    ...(subject.kind === 'exporter'
      ? pairs.slice(0, 1).flatMap((pair) => [content(pair, limits), ...pins(pair, limits)])
      : []),
    ...others(subject, limits),
    ...pairs.flatMap((pair) => concurrent(pair, limits)),
  ];
}
