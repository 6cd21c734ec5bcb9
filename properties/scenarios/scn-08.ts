import { resultNamed } from '../check/results.ts';
import { program } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import type { Run } from '../run/run.ts';
import { drawn, type Scenario, scenario } from './scenario.ts';

const EINVAL = -22;

/** A frame of two bytes in the guest's memory, and a buffer of the host over the same page. */
const SHARED = `m = sys.memfd(4096, shrink); u = udmabuf.create(m, 0, 4096); r = buf.resv(u)
  g = sys.mmap(m); h = sys.mmap(u); sys.store(g, 0, 7); sys.store(g, 1, 7)`;

/** The host reads for a fence that the guest's next frame must wait for. */
const READING =
  'f = fence.create(); resv.lock(r); resv.reserve(r, 1); resv.add(r, f, READ); resv.unlock(r)';

const HOST = 'a = sys.load(h, 0); b = sys.load(h, 1); fence.signal(f)';
const NEXT_FRAME = 'sys.store(g, 0, 8); sys.store(g, 1, 8)';

/** Guest and host have agreed on fences; the guest closes its file early. */
function agreed(name: string): Program {
  return program(name, {
    setup: `${SHARED}; ${READING}`,
    tasks: {
      H: HOST,
      G: `sys.close(m); dmabuf.sync(u, write); ${NEXT_FRAME}; dmabuf.sync(u, write+end)`,
    },
    teardown: 'c = sys.load(h, 0); d = sys.load(h, 1)',
  });
}

/** The guest does not ask. */
function unagreed(name: string): Program {
  return program(name, {
    setup: `${SHARED}; ${READING}`,
    tasks: { H: HOST, G: `sys.close(m); ${NEXT_FRAME}` },
    teardown: 'c = sys.load(h, 0); d = sys.load(h, 1)',
  });
}

/** What cannot become a buffer, and how long the pages of what can are pinned. */
function lifetimes(name: string): Program {
  return program(name, {
    setup: 'm = sys.memfd(8192, shrink); o = sys.memfd(4096); w = sys.memfd(4096, shrink+write)',
    tasks: {
      A: `x = udmabuf.create(o, 0, 4096); y = udmabuf.create(w, 0, 4096)
        z = udmabuf.create(m, 100, 4096); u = udmabuf.create(m, 4096, 4096); p = inspect.pins(m)
        i = attach.static(u, gpu); bu = buf.resv(u)
        k = sys.dup(m); sys.close(m); q = inspect.pins(k); attach.detach(u, i); sys.close(u)
        n = inspect.pins(k)`,
    },
  });
}

function oneFrame(run: Run): string | null {
  const [a, b] = [resultNamed(run, 'a'), resultNamed(run, 'b')];
  return a === 7 && b === 7 ? null : `the host reads ${String(a)} and ${String(b)}`;
}

function nextFrame(run: Run): string | null {
  const [c, d] = [resultNamed(run, 'c'), resultNamed(run, 'd')];
  return c === 8 && d === 8 ? null : `then there are ${String(c)} and ${String(d)}`;
}

function refused(run: Run): string | null {
  const wrong = ['x', 'y', 'z'].find((name) => resultNamed(run, name) !== EINVAL);
  if (wrong !== undefined) return `${wrong} is ${String(resultNamed(run, wrong))}`;
  return resultNamed(run, 'u') === 0 ? null : `a good range gives ${String(resultNamed(run, 'u'))}`;
}

function pinned(run: Run): string | null {
  const pins = ['p', 'q', 'n'].map((name) => resultNamed(run, name));
  return pins.join(' ') === '1 1 0' ? null : `pins are ${pins.join(', then ')}`;
}

/** A guest's memory as a buffer of the host. */
export const SCN_08: Scenario = scenario({
  name: 'scn-08',
  title: 'memory of a guest as a buffer',
  text: `A guest's memory is a file that cannot shrink; the host makes a buffer of a range of it, and
    its device reads while the guest draws the next frame through a mapping of the file. With a read
    fence and a bracket around the guest's stores the host reads one frame; without, it reads two in
    some order. The guest closes its file early, and the pages stay until the buffer goes.`,
  plays: [
    {
      program: agreed,
      schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 200 }],
      deeper: [{ kind: 'stateful', statesMax: 30_000 }, drawn(80)],
      expectations: [
        { rules: ['E2E-011', 'CPU-001'], holds: oneFrame },
        { rules: ['E2E-011'], holds: nextFrame },
      ],
    },
    {
      size: 'normal',
      program: lifetimes,
      schedules: [{ kind: 'all', runsMax: 10 }],
      expectations: [
        { rules: ['UDMABUF-006'], holds: refused },
        { rules: ['UDMABUF-011'], holds: pinned },
      ],
    },
  ],
  variants: [
    {
      name: 'unagreed',
      mistake: 'the guest draws without asking',
      breaks: ['E2E-011'],
      with: { program: unagreed },
    },
    {
      name: 'waits-for-nobody',
      mistake: 'a bracket for writing does not wait for readers',
      fault: 'cpu-002-nobody-reads',
      breaks: ['E2E-011'],
    },
    {
      name: 'not-pinned',
      mistake: 'pages of a buffer are not pinned',
      fault: 'udmabuf-011-not-pinned',
      like: 'normal',
      breaks: ['UDMABUF-011'],
    },
    {
      name: 'any-seals',
      mistake: 'any file will do',
      fault: 'udmabuf-006-any-seals',
      like: 'normal',
      breaks: ['UDMABUF-006'],
    },
  ],
});
