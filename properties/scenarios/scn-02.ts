import { resultNamed } from '../check/results.ts';
import { program } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import type { Run } from '../run/run.ts';
import { drawn, type Expectation, type Scenario, scenario } from './scenario.ts';

/** Frames of three lines. */
const LINES = 3;
const RING = 'timeout: -1, fallback: -1, isDoorbellSure: true';

/**
 * Two clients with an engine each, a compositor with its own, and a screen, in one machine. A and B
 * are the clients' pages, S and T the compositor's; reservations carry all synchronisation.
 */
const MACHINE = `g = gfx.create(${RING}); k = gfx.create(${RING}, at: g); h = gfx.create(${RING}, at: g)
  d = disp.create(${LINES}, at: g); a = gfx.buffer(g); b = gfx.buffer(g); s = gfx.buffer(g)
  t = gfx.buffer(g); kb = gfx.share(k, b); ha = gfx.share(h, a); hb = gfx.share(h, b)
  hs = gfx.share(h, s); ht = gfx.share(h, t); u = gfx.buffer(g); hu = gfx.share(h, u)
  ds = disp.share(d, s); dt = disp.share(d, t); ra = resv.create(); rb = resv.create()`;

/** How a client's job waits, and how it is seen. */
interface Sync {
  readonly waitsFor: 'READ' | 'WRITE' | 'KERNEL';
  readonly adds: 'WRITE' | 'READ';
}

const IMPLICIT: Sync = { waitsFor: 'READ', adds: 'WRITE' };

/** A client draws a picture into its page; the job begins when the reservation allows it. */
function draw(engine: string, page: string, picture: number, { waitsFor, adds }: Sync): string {
  const job = `j${page}${picture}`;
  return `resv.lock(r${page}); resv.wait(r${page}, ${waitsFor}); gfx.context(${engine}, 0)
    gfx.plain(${engine}, FLUSH, ${picture === 1 ? 6 : 0}); gfx.write(${engine}, ${engine === 'k' ? 'kb' : page}, ${LINES}, ${picture}); ${job} = gfx.submit(${engine})
    resv.reserve(r${page}, 1); resv.add(r${page}, ${job}, ${adds}); resv.unlock(r${page})`;
}

/** The compositor reads a client's page behind its writers, and takes its time. */
function read(page: string, to: string, frame: number): string {
  const job = `c${page}${frame}`;
  return `resv.lock(r${page}); resv.wait(r${page}, WRITE); gfx.context(h, 0)
    gfx.plain(h, FLUSH, 4); gfx.copy(h, h${page}, h${to}, ${LINES}); ${job} = gfx.submit(h); resv.reserve(r${page}, 1)
    resv.add(r${page}, ${job}, READ); resv.unlock(r${page}); fence.wait(${job}); first${job} = gfx.look(${to}, 0)
    last${job} = gfx.look(${to}, ${LINES - 1})`;
}

/** A's picture is shown, B's is read into a page that is not; the flip waits for the compositor. */
function compose(to: string, frame: number, pages: readonly string[]): string {
  const reads = pages.map((page, index) => read(page, index === 0 ? to : 'u', frame));
  return `${reads.join('; ')}; f${frame} = disp.flip(d, d${to}); fence.wait(f${frame})`;
}

const LIGHT = 'disp.plane(d, dt); disp.set(d, ENABLE, 1)';
const DARK =
  'disp.sleep(d, 4); disp.set(d, ENABLE, 0); disp.sleep(d, 5); x = disp.shown(d); z = disp.records(d)';

/** One client. */
function one(sync: Sync): (name: string) => Program {
  return (name) =>
    program(name, {
      setup: MACHINE,
      tasks: {
        A: `${draw('g', 'a', 1, sync)}; gfx.sleep(4000); ${draw('g', 'a', 2, sync)}`,
        C: `${LIGHT}; gfx.sleep(2000); ${compose('s', 1, ['a'])}; ${compose('t', 2, ['a'])}; ${DARK}`,
      },
    });
}

/** Both clients, and the compositor's two pages in turn. */
function two(name: string): Program {
  return program(name, {
    setup: MACHINE,
    tasks: {
      A: `${draw('g', 'a', 1, IMPLICIT)}; ${draw('g', 'a', 2, IMPLICIT)}`,
      B: `${draw('k', 'b', 1, IMPLICIT)}; ${draw('k', 'b', 2, IMPLICIT)}`,
      C: `${LIGHT}; ${compose('s', 1, ['a', 'b'])}; ${compose('t', 2, ['a', 'b'])}; ${DARK}`,
    },
  });
}

/**
 * The compositor sees the picture of the last job before its own, whole: not an older one, and not
 * the next one, which waits for it.
 */
function isLatest(run: Run): string | null {
  for (const job of run.calls.filter(({ call }) => /^c[ab]\d$/.test(call.out ?? ''))) {
    const { out = '' } = job.call;
    const before = run.calls.filter(
      ({ call, end }) => call.out?.startsWith(`j${out.charAt(1)}`) && (end ?? Infinity) < job.begin,
    );
    const lines = ['first', 'last'].map((which) => String(resultNamed(run, `${which}${out}`)));
    const seen = lines.map((line) => Number(/ f(\d+) /.exec(line)?.[1] ?? 0));
    if (seen.every((picture) => picture === before.length)) continue;
    return `${out} reads pictures ${seen.join(' and ')}, and ${before.length} was the latest`;
  }
  return null;
}

/** Each frame is one picture, and no picture comes behind a later one. */
function isWhole(run: Run): string | null {
  const shown = String(resultNamed(run, 'x'));
  const frames = shown.split(' ').map((frame) => frame.split('.'));
  if (frames.some((lines) => new Set(lines).size !== 1)) return `a frame of two pictures: ${shown}`;
  const numbers = frames.map(([first]) => Number(first));
  const goesBack = numbers.some((number, at) => number < (numbers[at - 1] ?? 0));
  return goesBack || numbers.some(Number.isNaN) ? `pictures out of order: ${shown}` : null;
}

function isQuiet(run: Run): string | null {
  const z = resultNamed(run, 'z');
  return z === '' ? null : `the oracle notes ${String(z)}`;
}

const CLAIMS: readonly Expectation[] = [
  { rules: ['E2E-001', 'E2E-002'], holds: isWhole },
  { rules: ['E2E-004', 'E2E-005'], holds: isLatest },
  { rules: ['E2E-005', 'E2E-006'], holds: isQuiet },
];

/** Clients and a compositor that know of each other by reservations alone. */
export const SCN_02: Scenario = scenario({
  name: 'scn-02',
  title: 'implicit-sync compositor',
  text: `Two clients draw into their pages, and a compositor reads both and writes one of its own two
    pages. Its jobs wait for the clients' writes, and a client's next job for the compositor's reads,
    by what is in the reservations; a flip waits for the compositor's own job, and the replaced page
    is used again behind the flip's event. No client is blocked by the screen.`,
  awaits: ['E2E-017'],
  plays: [
    {
      program: one(IMPLICIT),
      schedules: [drawn(3)],
      deeper: [drawn(50)],
      expectations: CLAIMS,
    },
    {
      size: 'normal',
      program: two,
      schedules: [drawn(1)],
      deeper: [drawn(50)],
      expectations: CLAIMS,
    },
  ],
  variants: [
    {
      name: 'read-for-write',
      mistake: "a client's job is added as one that reads",
      breaks: ['E2E-004'],
      awaits: ['E2E-017'],
      with: { program: one({ ...IMPLICIT, adds: 'READ' }) },
    },
    {
      name: 'waits-for-writers-only',
      mistake: "a client's next job does not wait for those who read",
      breaks: ['E2E-005'],
      with: { program: one({ ...IMPLICIT, waitsFor: 'WRITE' }) },
    },
  ],
});
