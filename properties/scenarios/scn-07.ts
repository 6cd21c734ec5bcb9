import { resultNamed } from '../check/results.ts';
import { program } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import type { Run } from '../run/run.ts';
import { drawn, type Scenario, scenario } from './scenario.ts';

/** An engine, and a frame of two bursts in system memory. */
function engine(tree: string): string {
  return `d = dma.create(${tree}); a = dma.buffer(d, 1, 8)`;
}

/** The engine writes into the other device's memory; that device reads when the fence has signaled. */
const OVER = `r = dma.buffer(d, 0, 0, vram)`;
const READS = 'x = dma.look(d, v, 0); y = dma.look(d, v, 7); z = dma.records(d)';

/** Both below one switch. */
function direct(name: string): Program {
  return program(name, {
    setup: `${engine('isShared: true')}; v = dma.buffer(d, 0, 0, vram)`,
    tasks: { B: `f = dma.copy(d, a, v, 8); w = fence.wait(f); ${READS}` },
  });
}

/** No way from one to the other: the same goes by way of system memory. */
function roundabout(name: string): Program {
  return program(name, {
    setup: `${engine('isShared: false')}; ${OVER}; v = dma.buffer(d, 0, 0)`,
    tasks: { B: `f = dma.copy(d, a, v, 8); w = fence.wait(f); ${READS}` },
  });
}

/** Two frames one after the other, by way of a host. */
function twoFrames(name: string): Program {
  return program(name, {
    setup: `${engine('isShared: false, isHostAllowed: true')}; c = dma.buffer(d, 2, 8)
      v = dma.buffer(d, 0, 0, vram)`,
    tasks: {
      B: `f = dma.copy(d, a, v, 8); w = fence.wait(f); x = dma.look(d, v, 0); y = dma.look(d, v, 7)
        g = dma.copy(d, c, v, 8); u = fence.wait(g); s = dma.look(d, v, 0); t = dma.look(d, v, 7)`,
    },
    teardown: 'z = dma.records(d)',
  });
}

/** At the fence every line is of this frame. */
function shows(frame: number, first: string, last: string): (run: Run) => string | null {
  return (run) => {
    const lines = [resultNamed(run, first), resultNamed(run, last)].map(String);
    const wanted = [0, 7].map((line) => `client v0 f${frame} l${line}`);
    return lines.join() === wanted.join() ? null : `the reader sees ${lines.join(' and ')}`;
  };
}

function isRefusedQuietly(run: Run): string | null {
  const [r, z] = [resultNamed(run, 'r'), resultNamed(run, 'z')];
  if (r !== false) return 'a way is found where there is none';
  return z === '' ? null : `the oracle notes ${String(z)}`;
}

function nothingNoted(run: Run): string | null {
  const z = resultNamed(run, 'z');
  return z === '' ? null : `the oracle notes ${String(z)}`;
}

/** A device that writes to the memory of another one. */
export const SCN_07: Scenario = scenario({
  name: 'scn-07',
  title: 'peer-to-peer transfer',
  text: `An engine writes a frame into the memory of another device, below one switch or by way of a host
    that allows it, and signals a fence in system memory; the owner reads. Before it tells anybody,
    the engine reads back from the other device, or its last lines might come behind the fence. Where
    there is no way the same program runs through system memory, and shows the same.`,
  plays: [
    {
      program: direct,
      schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 40 }],
      deeper: [drawn(80)],
      expectations: [
        { rules: ['E2E-004', 'HW-DMA-008'], holds: shows(1, 'x', 'y'), isTimed: true },
        { rules: ['E2E-006'], holds: nothingNoted },
      ],
    },
    {
      name: 'roundabout',
      program: roundabout,
      schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 40 }],
      deeper: [drawn(80)],
      expectations: [
        { rules: ['E2E-016'], holds: shows(1, 'x', 'y'), isTimed: true },
        { rules: ['E2E-006', 'HW-DMA-007'], holds: isRefusedQuietly },
      ],
    },
    {
      size: 'normal',
      program: twoFrames,
      schedules: [drawn(3)],
      deeper: [drawn(80)],
      expectations: [
        { rules: ['E2E-004', 'HW-DMA-008'], holds: shows(1, 'x', 'y'), isTimed: true },
        { rules: ['E2E-004'], holds: shows(2, 's', 't'), isTimed: true },
        { rules: ['E2E-006'], holds: nothingNoted },
      ],
    },
  ],
  variants: [
    {
      name: 'own-way-only',
      mistake: 'the engine waits for its way to system memory, and not for the other one',
      fault: 'hw-dma-008-own-way-only',
      breaks: ['E2E-004'],
    },
    {
      name: 'any-way',
      mistake: 'nobody asks whether there is a way',
      fault: 'hw-dma-007-any-way',
      like: 'roundabout',
      breaks: ['E2E-006'],
    },
  ],
});
