import '../../programs/operations/index.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import type { Schedules } from '../../run/explore.ts';

/** One task: what can be chosen is the order of things that happen at one time. */
const ALONE: readonly Schedules[] = [{ kind: 'bounded', preemptions: 0, runsMax: 20 }];
/** Nature makes one mistake, at each place where it can. */
const MISTAKES: readonly Schedules[] = [{ kind: 'bounded', preemptions: 0, runsMax: 250 }];

const ONES = 0xffffffff;
const EIO = -5;
const ETIME = -62;
const ECANCELED = -125;

const MADE = 'd = dma.create(); a = dma.buffer(d, 1, 16); b = dma.buffer(d)';
/** The engine by its registers: from a to b. */
const SET = 'dma.set(d, SRC, 0, a); dma.set(d, DST, 0, b)';

function happened(run: Run, name: string): boolean {
  return run.sightings.some((sighting) => sighting.name === name);
}

/** Properties of a copying engine, of who drives it, and of ways between devices. */
export const HW_DMA_PROPERTIES: readonly Property[] = [
  property({
    rules: ['HW-DMA-001'],
    plan: `The engine goes through its states as the rule says, and its status tells them apart, but for a hang.
      - nothing to copy; a copy; an address that is not there, and the lines before it; reset; gone
      (Every transition is walked besides, see properties/paths.)`,
    programs: [
      program('states', {
        tasks: {
          A: `${MADE}; i = dma.get(d, STATUS); ${SET}; dma.set(d, LINES, 0); dma.set(d, CTRL, 1)
            gfx.sleep(5000); e = dma.get(d, STATUS); dma.set(d, STATUS, 0); f = dma.get(d, STATUS)
            dma.set(d, LINES, 4); dma.set(d, CTRL, 1); g = dma.get(d, STATUS); gfx.sleep(5000)
            h = dma.get(d, STATUS); x = dma.look(d, b, 3); dma.set(d, RESET, 1)
            j = dma.get(d, STATUS); dma.set(d, LINES, 68); dma.set(d, CTRL, 1); gfx.sleep(9000)
            k = dma.get(d, STATUS); y = dma.look(d, b, 15); dma.set(d, STATUS, 0)
            l = dma.get(d, STATUS); dma.unplug(d); m = dma.get(d, STATUS)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      states: {
        i: 0,
        e: 2,
        f: 0,
        g: 1,
        h: 2,
        x: 'client v0 f1 l3',
        j: 0,
        k: 3,
        y: 'client v0 f1 l15',
        l: 0,
        m: ONES,
      },
    }),
    forbids: ['refinement'],
    witness: { gone: reached((run) => resultNamed(run, 'm') === ONES) },
    faults: ['hw-dma-001-skips-errors', 'hw-dma-001-needs-no-note'],
  }),
  property({
    rules: ['HW-DMA-002'],
    plan: `Each burst of four lines is read, then written, and others come in between. What the job is, is
      taken once at its beginning.
      - a look in the middle of a copy`,
    programs: [
      program('middle', {
        tasks: {
          A: `${MADE}; ${SET}; dma.set(d, LINES, 16); dma.set(d, CTRL, 1); gfx.sleep(1290)
            x = dma.look(d, b, 0); y = dma.look(d, b, 15); gfx.sleep(5000); z = dma.look(d, b, 15)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({ middle: { x: 'client v0 f1 l0', y: 'ZERO', z: 'client v0 f1 l15' } }),
    forbids: ['refinement'],
    witness: { middle: reached((run) => resultNamed(run, 'y') === 'ZERO') },
    faults: ['hw-dma-002-whole-job'],
  }),
  property({
    rules: ['HW-DMA-003'],
    plan: `A job is done when all of its writes are visible; then it is counted, then the interrupt comes.
      - lines, count and fence of a copy to the memory of another device, where writes take long`,
    programs: [
      program('done', {
        tasks: {
          A: `${MADE}; n = dma.buffer(d); v = dma.buffer(d, 0, 0, vram); dma.set(d, COUNT_ADDR, 0, n)
            f = dma.copy(d, a, v, 8); w = fence.wait(f); x = dma.look(d, v, 7); c = dma.look(d, n, 0)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({ done: { x: 'client v0 f1 l7', c: 1 } }),
    forbids: ['refinement'],
    witness: { counted: reached((run) => resultNamed(run, 'c') === 1) },
    faults: ['hw-dma-003-does-not-wait', 'hw-dma-003-no-count'],
  }),
  property({
    rules: ['HW-DMA-004'],
    plan: `A busy engine takes neither registers, which leaves a mark, nor jobs, of which nobody is told: the
      driver keeps them until the engine is idle.
      - registers and a start in the middle of a copy; two copies by the driver`,
    programs: [
      program('busy', {
        tasks: {
          A: `${MADE}; c = dma.buffer(d, 2, 16); ${SET}; dma.set(d, LINES, 16); dma.set(d, CTRL, 1)
            dma.set(d, SRC, 0, c); dma.set(d, CTRL, 1); gfx.sleep(5000); s = dma.get(d, STATUS)
            x = dma.look(d, b, 15); r = dma.get(d, SRC); dma.set(d, RESET, 1); t = dma.get(d, STATUS)`,
        },
      }),
      program('queue', {
        tasks: {
          A: `${MADE}; c = dma.buffer(d); f = dma.copy(d, a, b, 16); h = dma.copy(d, a, c, 16)
            w = fence.wait(h); s = fence.getStatus(f); t = fence.getStatus(h); x = dma.look(d, b, 15)
            y = dma.look(d, c, 15)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      busy: { s: 10, x: 'client v0 f1 l15', t: 0 },
      queue: { s: 1, t: 1, x: 'client v0 f1 l15', y: 'client v0 f1 l15' },
    }),
    forbids: ['deadlock'],
    witness: { marked: reached((run) => resultNamed(run, 's') === 10) },
    faults: ['hw-dma-004-takes-registers', 'hw-dma-004-no-queue'],
  }),
  property({
    rules: ['HW-DMA-005'],
    plan: `An engine that stops before the last line says so, and the fence has an error; or it does not say so,
      and only the lines tell.
      - a copy, and one mistake of nature at each place where it can make one`,
    programs: [
      program('partial', {
        world: { hardwareFaultsMax: 1 },
        setup: MADE,
        tasks: {
          A: `f = dma.copy(d, a, b, 8); w = fence.wait(f); s = fence.getStatus(f)
            x = dma.look(d, b, 7)`,
        },
      }),
    ],
    schedules: MISTAKES,
    holds: (run) => {
      const [status, line] = [resultNamed(run, 's'), resultNamed(run, 'x')];
      if (happened(run, 'hang')) return null;
      if (happened(run, 'partial.error')) return status === EIO ? null : 'nobody hears of an error';
      const isWhole = line === 'client v0 f1 l7';
      if (happened(run, 'partial.silent')) return isWhole ? 'all lines are there' : null;
      return status === 1 && isWhole ? null : 'a copy is not what it should be';
    },
    witness: {
      said: reached((run) => happened(run, 'partial.error')),
      silent: reached((run) => happened(run, 'partial.silent')),
    },
    faults: ['hw-dma-005-no-error'],
  }),
  property({
    rules: ['HW-DMA-006'],
    plan: `An engine that hangs is reset after a time: its job fails, and those that wait are cancelled.
      - two copies, and one mistake of nature at each place where it can make one; a copy afterwards`,
    programs: [
      program('hang', {
        world: { hardwareFaultsMax: 1 },
        setup: MADE,
        tasks: {
          A: `f = dma.copy(d, a, b, 4); h = dma.copy(d, a, b, 4); w = fence.wait(h)
            s = fence.getStatus(f); t = fence.getStatus(h)`,
        },
      }),
    ],
    schedules: MISTAKES,
    holds: (run) => {
      if (!happened(run, 'hang')) return null;
      const ends = `${String(resultNamed(run, 's'))} ${String(resultNamed(run, 't'))}`;
      return [`${ETIME} ${ECANCELED}`, `1 ${ETIME}`].includes(ends)
        ? null
        : `they end with ${ends}`;
    },
    forbids: ['deadlock'],
    witness: { both: reached((run) => resultNamed(run, 't') === ECANCELED) },
    faults: ['hw-dma-006-forgets-others', 'hw-dma-006-waits-on'],
  }),
  property({
    rules: ['HW-DMA-007'],
    plan: `Devices below one switch use each other's memory; others only if the host passes that on.
      - each tree, with an attempt to map and a copy`,
    programs: [
      program('switch', {
        tasks: {
          A: `${MADE}; v = dma.buffer(d, 0, 0, vram); f = dma.copy(d, a, v, 4); w = fence.wait(f)
            s = fence.getStatus(f); x = dma.look(d, v, 3)`,
        },
      }),
      program('ports', {
        tasks: { A: 'd = dma.create(isShared: false); v = dma.buffer(d, 0, 0, vram)' },
      }),
      program('host', {
        tasks: {
          A: `d = dma.create(isShared: false, isHostAllowed: true); a = dma.buffer(d, 1, 4)
            v = dma.buffer(d, 0, 0, vram); f = dma.copy(d, a, v, 4); w = fence.wait(f)
            s = fence.getStatus(f)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      switch: { v: true, s: 1, x: 'client v0 f1 l3' },
      ports: { v: false },
      host: { v: true, s: 1 },
    }),
    witness: { refused: reached((run) => resultNamed(run, 'v') === false) },
    faults: ['hw-dma-007-any-way', 'hw-dma-007-no-host'],
  }),
  property({
    rules: ['HW-DMA-008'],
    plan: `Writes to memory of others may land after later writes to system memory and after interrupts: before
      it tells anybody, the engine waits for each way.
      - what is in the memory of the other device when the fence signals`,
    programs: [
      program('peer', {
        tasks: {
          A: `${MADE}; v = dma.buffer(d, 0, 0, vram); f = dma.copy(d, a, v, 8); w = fence.wait(f)
            x = dma.look(d, v, 0); y = dma.look(d, v, 7)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({ peer: { x: 'client v0 f1 l0', y: 'client v0 f1 l7' } }),
    witness: { there: reached((run) => resultNamed(run, 'y') === 'client v0 f1 l7') },
    faults: ['hw-dma-008-own-way-only'],
  }),
  property({
    rules: ['HW-DMA-009'],
    allows: ['hardware'],
    plan: `Memory of another device is there while that device has power and is there. Switching it off while
      somebody uses it is a mistake; pulling it out is none. Accesses are refused in both cases.
      - both, with a copy afterwards`,
    programs: [
      program('power', {
        tasks: {
          A: `${MADE}; v = dma.buffer(d, 0, 0, vram); dma.powerOff(d); f = dma.copy(d, a, v, 4)
            w = fence.wait(f); s = fence.getStatus(f); r = dma.records(d)`,
        },
      }),
      program('pulled', {
        tasks: {
          A: `${MADE}; v = dma.buffer(d, 0, 0, vram); dma.unplug(d, true); f = dma.copy(d, a, v, 4)
            w = fence.wait(f); s = fence.getStatus(f); r = dma.records(d)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      power: { s: EIO, r: 'PEER_POWER BUS_ERROR' },
      pulled: { s: EIO, r: 'BUS_ERROR' },
    }),
    witness: { power: reached((run) => resultNamed(run, 'r') === 'PEER_POWER BUS_ERROR') },
    faults: ['hw-dma-009-nobody-notes', 'hw-dma-009-works-on'],
  }),
];
