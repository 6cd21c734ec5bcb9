import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';

const EINVAL = -22;

/** Everything that an import needs, by name. */
const NEEDED = {
  format: 'XR24',
  modifier: 'linear',
  width: 64,
  height: 64,
  offset: 0,
  stride: 256,
} as const;

/** An import of two planes in one buffer, without one thing that it needs. */
function imported(without: string | null): string {
  const given = Object.entries(NEEDED).filter(([name]) => name !== without);
  return `image.import([d, d], ${given.map(([name, value]) => `${name}: ${value}`).join(', ')})`;
}

const ALL = Object.keys(NEEDED)
  .map((name) => `${name}Less = ${imported(name)}`)
  .join('\n');

/** Properties of images that lie in buffers: agreements of programs, beside the kernel. */
export const IMAGES_PROPERTIES: readonly Property[] = [
  property({
    rules: ['BUF-033'],
    plan: `A buffer says nothing of the image in it: format, modifier, size, offset and stride travel
      beside the descriptor. Each plane has a handle of its own.
      - an import without each of them in turn; two planes in one buffer`,
    programs: [
      program('import', {
        setup: 'b = buf.export(); d = buf.fd(b)',
        tasks: { A: `${ALL}; r = ${imported(null)}; i = sys.fdinfo(d)` },
      }),
    ],
    holds: results({
      import: {
        ...Object.fromEntries(Object.keys(NEEDED).map((name) => [`${name}Less`, EINVAL])),
        r: '1 2',
        i: 'size 4096, count 1, exp_name mock',
      },
    }),
    witness: { imported: reached((run) => resultNamed(run, 'r') === '1 2') },
    faults: ['buf-033-guesses-the-stride', 'buf-033-one-handle-per-buffer'],
  }),
  property({
    rules: ['BUF-034'],
    plan: `The modifier is one that all users know; without one there is no sharing. Nobody's order
      counts, and an import may be refused all the same.
      - one and several in common, none, an empty list; lists turned round`,
    programs: [
      program('negotiation', {
        setup: 'b = buf.export(); d = buf.fd(b)',
        tasks: {
          A: `one = image.negotiate([linear+tiled, tiled+packed])
            turned = image.negotiate([packed+tiled, tiled+linear])
            three = image.negotiate([rotated+linear+tiled, tiled+linear+packed, packed+tiled])
            none = image.negotiate([linear+tiled, packed])
            empty = image.negotiate([linear, none]); unknown = image.negotiate([invalid, invalid])
            refused = ${imported(null).replace(')', ', accepts: tiled)')}`,
        },
      }),
    ],
    holds: results({
      negotiation: {
        ...{ one: 'tiled', turned: 'tiled', three: 'tiled', none: 'nothing', empty: 'nothing' },
        ...{ unknown: 'nothing', refused: EINVAL },
      },
    }),
    witness: { agreed: reached((run) => resultNamed(run, 'three') === 'tiled') },
    faults: ['buf-034-first-choice', 'buf-034-pairwise'],
  }),
  property({
    rules: ['BUF-035'],
    plan: `The invalid modifier says that the layout is not known, which is not linear. All users of
      a buffer say so, or none; an allocation may be asked for its modifier.
      - all implicit, all explicit, both mixtures, and after asking`,
    programs: [
      program('chains', {
        tasks: {
          A: `implicit = image.isConsistent([invalid, invalid])
            explicit = image.isConsistent([tiled, tiled]); linear = image.isConsistent([linear, linear])
            mixed = image.isConsistent([invalid, linear]); other = image.isConsistent([tiled, invalid])
            later = image.isConsistent([invalid, invalid, tiled])
            asked = image.isConsistent([invalid, tiled], true)
            half = image.isConsistent([invalid, tiled, invalid], true)`,
        },
      }),
    ],
    holds: results({
      chains: {
        ...{ implicit: true, explicit: true, linear: true, mixed: false, other: false },
        ...{ later: false, asked: true, half: false },
      },
    }),
    witness: { asked: reached((run) => resultNamed(run, 'asked') === true) },
    faults: ['buf-035-unknown-is-linear', 'buf-035-never-upgraded'],
  }),
];
