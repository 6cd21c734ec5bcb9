import { resultNamed } from '../check/results.ts';
import { program } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import type { Run } from '../run/run.ts';
import { drawn, type Expectation, type Scenario, scenario } from './scenario.ts';

/** What the cache of the processors does by itself: nothing, or it fetches each line that it may. */
type Habit = 'lazy' | 'prefetching';

/**
 * A screen, and a codec of which one picture is used again and again: the client has it mapped with a
 * cache that knows nothing of devices, and the screen shows it where it is.
 */
function machine(habit: Habit): string {
  return `p = hw.platform(caches: ${habit}); d = disp.create(at: p); v = zero.codec(at: p)
    c = vb2.open(v); n = vb2.request(c, 1, type: output); m = vb2.request(c, 1)
    x = vb2.export(c, 0); j = zero.importShown(d, x); k = zero.map(v, 0)
    vb2.streamOn(c, output); vb2.streamOn(c)`;
}

/** What the client says of its accesses, if anything. */
interface Brackets {
  readonly begin: string | null;
  readonly end: string | null;
}

const BOTH: Brackets = { begin: 'read+write', end: 'read+write+end' };

/** A picture is decoded; the client looks at it, draws over it, and the screen shows that. */
function round(number: number, { begin, end }: Brackets): string {
  const calls = [
    `video.draw(v, 0, ${number}, output)`,
    'vb2.queue(c, 0, type: output)',
    'vb2.queue(c, 0)',
    `q${number} = video.next(v, c)`,
    `o${number} = video.next(v, c, output)`,
    ...(begin === null ? [] : [`dmabuf.sync(x, ${begin})`]),
    `r${number} = hw.load(k, 0)`,
    `hw.store(k, 0, ${number})`,
    `hw.store(k, 1, ${number})`,
    ...(end === null ? [] : [`dmabuf.sync(x, ${end})`]),
    `f${number} = zero.flip(d, j)`,
    'disp.set(d, ENABLE, 1)',
    `fence.wait(f${number})`,
    'disp.sleep(d, 1)',
    'disp.set(d, ENABLE, 0)',
    'disp.sleep(d, 4)',
  ];
  return calls.join('; ');
}

function processed(
  brackets: Brackets,
  numbers: readonly number[],
  habit: Habit = 'lazy',
): (name: string) => Program {
  const rounds = numbers.map((number) => round(number, brackets)).join('; ');
  const calls = `${rounds}; s = disp.shown(d); z = disp.records(d); hw.cpuUnmap(k)`;
  return (name) => program(name, { setup: machine(habit), tasks: { A: calls } });
}

/**
 * What the client sees is the picture that was decoded, whatever was in the cache before. In free time
 * a watchdog may come at any moment: then there is none.
 */
function isFresh(run: Run): string | null {
  for (const { call } of run.calls) {
    const { out } = call;
    if (out === undefined || !/^r\d$/.test(out)) continue;
    if (String(resultNamed(run, `q${out.slice(1)}`)).includes('error')) continue;
    const seen = String(resultNamed(run, out));
    if (!seen.startsWith('codec ') || !seen.includes(` f${out.slice(1)} `)) {
      return `the client sees ${seen} in picture ${out.slice(1)}`;
    }
  }
  return null;
}

/** The screen shows what the client has drawn, and nothing of what was there before. */
function isDrawn(run: Run): string | null {
  const text = String(resultNamed(run, 's'));
  return /^(0\.0 )*0(\.0)?$/.test(text) ? null : `the screen shows ${text}`;
}

const CLAIMS: readonly Expectation[] = [
  { rules: ['E2E-011'], holds: isFresh },
  { rules: ['E2E-011'], holds: isDrawn },
];

/** A client draws over pictures of a device that its cache knows nothing of. */
export const SCN_10: Scenario = scenario({
  name: 'scn-10',
  title: 'processing of pictures by a processor whose cache is not coherent',
  text: `A codec decodes into a buffer that the client has mapped and the screen shows. The client begins its
    access for reading and writing, looks at the picture, draws over it, and ends its access before
    the screen is told. It sees what was decoded last, and the screen shows what it drew. Without the
    begin, without the end, or with a direction that is too weak, a line is old or lost.`,
  plays: [
    {
      program: processed(BOTH, [5, 6]),
      schedules: [drawn(1)],
      deeper: [drawn(30)],
      expectations: CLAIMS,
    },
    {
      name: 'prefetching',
      program: processed(BOTH, [5], 'prefetching'),
      schedules: [drawn(1)],
      deeper: [drawn(30)],
      expectations: CLAIMS,
    },
  ],
  variants: [
    {
      name: 'no-begin',
      mistake: 'the client does not begin its access',
      breaks: ['E2E-011'],
      with: { program: processed({ ...BOTH, begin: null }, [5], 'prefetching') },
    },
    {
      name: 'no-end',
      mistake: 'the client does not end its access',
      breaks: ['E2E-011'],
      with: { program: processed({ ...BOTH, end: null }, [5]) },
    },
    {
      name: 'begins-to-write',
      mistake: 'the client begins to write only, and reads',
      breaks: ['E2E-011'],
      with: { program: processed({ ...BOTH, begin: 'write' }, [5], 'prefetching') },
    },
    {
      name: 'ends-reading',
      mistake: 'the client ends as if it had only read',
      breaks: ['E2E-011'],
      with: { program: processed({ ...BOTH, end: 'read+end' }, [5]) },
    },
  ],
});
