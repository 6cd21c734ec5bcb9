import { resultNamed } from '../check/results.ts';
import { program } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import type { Run } from '../run/run.ts';
import { drawn, type Scenario, scenario } from './scenario.ts';

const EIO = -5;
const ENODEV = -19;
const ETIME = -62;
/** Time-out and recovery. Unit: milliseconds. */
const BOUND_MS = 40;

/** The exporter goes while another device attaches, and everything is released behind that. */
function released(name: string): Program {
  return program(name, {
    setup: `v = drm.device(vgem); d = drm.open(v); g = dumb.create(d); b = prime.export(d, g)
      w = drm.device(vkms); k = drm.open(w); l = drm.open(w); i = prime.import(l, b)`,
    tasks: {
      A: 'h = prime.import(k, b); c = sys.close(b); gem.close(k, h)',
      U: 'drm.unplug(v); gem.close(l, i); sys.close(d)',
    },
  });
}

/** A card draws and is pulled out, while the screen shows a page of system memory that it drew. */
function scanning(timeout: number): (name: string) => Program {
  return (name) =>
    program(name, {
      setup: `g = gfx.create(timeout: ${timeout}, fallback: -1, isDoorbellSure: true)
        d = disp.create(at: g); o = gfx.buffer(g); p = gfx.buffer(g); do = disp.share(d, o)
        gfx.store(o, 0, 1); gfx.store(o, 1, 1)`,
      tasks: {
        A: `disp.plane(d, do); disp.set(d, ENABLE, 1); gfx.context(g, 0); gfx.write(g, p, 8, 7)
          j = gfx.submit(g); w = fence.waitAny([j], 100); s = fence.getStatus(j); t = clock.now()
          disp.sleep(d, 3); disp.set(d, ENABLE, 0); disp.sleep(d, 4); x = disp.shown(d)
          z = disp.records(d)`,
        U: 'gfx.sleep(1000); gfx.unplug(g)',
      },
    });
}

/** The card with the memory is pulled out while an engine copies into it. */
function copying(name: string): Program {
  return program(name, {
    setup: 'd = dma.create(); a = dma.buffer(d, 1, 8); v = dma.buffer(d, 0, 0, vram)',
    tasks: {
      A: 'f = dma.copy(d, a, v, 8); w = fence.wait(f); s = fence.getStatus(f); z = dma.records(d)',
      U: 'dma.unplug(d, true)',
    },
  });
}

function isReleased(run: Run): string | null {
  const [h, c] = [resultNamed(run, 'h'), resultNamed(run, 'c')];
  return h === 1 && c === 0 ? null : `import and close return ${String(h)} and ${String(c)}`;
}

/** The screen goes on with the last good picture; the last frame may be cut off. */
function isGood(run: Run): string | null {
  const shown = String(resultNamed(run, 'x'));
  return /^(0\.0 )*0(\.0)?$/.test(shown) ? null : `the screen shows ${shown}`;
}

function isOver(run: Run): string | null {
  const [s, t] = [resultNamed(run, 's'), Number(resultNamed(run, 't')) - 1000];
  if (s !== 1 && s !== ENODEV) return `the fence of the card that is gone says ${String(s)}`;
  return t <= BOUND_MS ? null : `the fence takes ${t} ms, and not ${BOUND_MS}`;
}

/** Refused accesses are noted; nothing of somebody else is read or written. */
function onlyRefused(run: Run): string | null {
  const records = String(resultNamed(run, 'z')).split(' ');
  const other = records.find((kind) => kind !== '' && kind !== 'BUS_ERROR');
  return other === undefined ? null : `the oracle notes ${other}`;
}

/** A copy that was refused somewhere says so. */
function isHonest(run: Run): string | null {
  const [s, z] = [resultNamed(run, 's'), String(resultNamed(run, 'z'))];
  if (s !== 1 && s !== EIO && s !== ETIME) return `the copy ends with ${String(s)}`;
  return s === 1 && z.includes('BUS_ERROR') ? 'a copy that was refused has no error' : null;
}

/** An exporter that is pulled out. */
export const SCN_14: Scenario = scenario({
  name: 'scn-14',
  title: 'hot unplug of an exporter',
  text: `A card that others share buffers with is pulled out: while somebody attaches, while it draws and a
    screen shows what it drew, while an engine copies into its memory. Its fences signal in bounded
    time, those that were open with -ENODEV, the screen goes on with the last good picture, refused accesses are told to
    whoever made them, and everything can be released afterwards in any order.`,
  plays: [
    {
      program: released,
      schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 20 }, drawn(6)],
      deeper: [{ kind: 'bounded', preemptions: 1, runsMax: 1000 }, drawn(100)],
      expectations: [{ rules: ['PRIME-010'], holds: isReleased }],
    },
    {
      name: 'scanning',
      program: scanning(10),
      schedules: [drawn(3)],
      deeper: [drawn(80)],
      expectations: [
        { rules: ['E2E-008', 'HW-MEM-008'], holds: isOver, isTimed: true },
        { rules: ['HW-MEM-008'], holds: isGood },
        { rules: ['E2E-006', 'E2E-007'], holds: onlyRefused },
      ],
      forbids: { deadlock: ['E2E-008'] },
    },
    {
      size: 'normal',
      name: 'copying',
      program: copying,
      schedules: [drawn(8)],
      deeper: [drawn(80)],
      expectations: [
        { rules: ['E2E-010', 'HW-DMA-005'], holds: isHonest },
        { rules: ['E2E-006', 'E2E-007'], holds: onlyRefused },
      ],
      forbids: { deadlock: ['E2E-008'] },
      witness: { refused: { when: (run) => resultNamed(run, 's') === EIO, atLeast: 1 } },
    },
  ],
  variants: [
    {
      name: 'no-time-out',
      mistake: 'nobody asks whether the card is still there',
      like: 'scanning',
      breaks: ['E2E-008'],
      with: { program: scanning(-1) },
    },
    {
      name: 'no-error',
      mistake: 'the driver of the engine does not look at its status',
      fault: 'hw-dma-005-no-error',
      like: 'copying',
      breaks: ['E2E-010'],
    },
  ],
});
