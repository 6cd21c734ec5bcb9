import {
  type Modifier,
  MODIFIER_INVALID,
  MODIFIER_LINEAR,
} from '../../../impl/uapi/image-exchange.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, ProgramError, type Result } from '../operation.ts';
import { descriptor } from '../user-space.ts';

/** Modifiers by name; each vendor has its own. */
const MODIFIERS: Readonly<Record<string, Modifier>> = {
  linear: MODIFIER_LINEAR,
  invalid: MODIFIER_INVALID,
  tiled: 0x0100_0000_0000_0001n,
  packed: 0x0200_0000_0000_0002n,
  rotated: 0x0300_0000_0000_0003n,
};

function modifier(word: string): Modifier {
  const found = MODIFIERS[word];
  if (found === undefined) throw new ProgramError(`${word} is no modifier`);
  return found;
}

/** Lists of names: `linear+tiled`; `none` is an empty one. */
function modifiersIn(word: string | null): readonly Modifier[] {
  return word === null || word === 'none' ? [] : word.split('+').map(modifier);
}

function nameOf(wanted: Modifier | null): string {
  const found = Object.entries(MODIFIERS).find(([, value]) => value === wanted);
  return found?.[0] ?? 'nothing';
}

function optional(args: Arguments, name: string): number | null {
  return args.has(name) ? args.number(name) : null;
}

/** Handles as `1 2`, or a negative error. All planes have the same offset and stride. */
function* importImage(environment: Environment, args: Arguments): KernelTask<Result> {
  const accepted = modifiersIn(args.text('accepts', 'linear+tiled+packed+rotated+invalid'));
  const [offset, stride] = [optional(args, 'offset'), optional(args, 'stride')];
  const planes = args.names('fds').map((name) => {
    return { fd: descriptor(environment, name ?? -1), offset, stride };
  });
  const handles = yield* environment.stack.images.import(
    {
      format: args.has('format') ? args.text('format') : null,
      modifier: args.has('modifier') ? modifier(args.text('modifier')) : null,
      width: optional(args, 'width'),
      height: optional(args, 'height'),
      planes,
    },
    (one) => accepted.includes(one),
  );
  return typeof handles === 'number' ? handles : handles.join(' ');
}

/** What programs that share images tell each other beside the descriptors. */
defineOperations([
  {
    name: 'image.negotiate',
    parameters: ['lists'],
    *run(environment, args) {
      return nameOf(environment.stack.images.negotiate(args.names('lists').map(modifiersIn)));
    },
  },
  {
    name: 'image.import',
    parameters: [
      ...['fds', 'format', 'modifier', 'width', 'height', 'offset', 'stride', 'accepts'],
    ],
    run: importImage,
  },
  {
    // Who allocates, and then who imports: all with the same idea of the layout?
    name: 'image.isConsistent',
    parameters: ['chain', 'asked'],
    *run(environment, args) {
      const chain = args.names('chain').flatMap(modifiersIn);
      return environment.stack.images.isConsistent(chain, args.boolean('asked', false));
    },
  },
]);
