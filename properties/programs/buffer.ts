import { DmaBuf } from '../../impl/dma-buf/dma-buf.ts';
import type { Environment } from './environment.ts';
import { type Arguments, ProgramError } from './operation.ts';
import { descriptorArgument, userCalls } from './user-space.ts';

/** The buffer behind the descriptor in `key`, as a debugger finds it; it may be closed by now. */
export function bufferBehind(
  environment: Environment,
  args: Arguments,
  key: string = 'fd',
): DmaBuf {
  const name = args.either(key);
  const bound = typeof name === 'string' ? environment.value(`${name}.buffer`) : null;
  if (bound instanceof DmaBuf) return bound;
  const ops = userCalls(environment).table.at(descriptorArgument(environment, args, key))?.ops;
  if (ops instanceof DmaBuf) return ops;
  throw new ProgramError(`${name} is no buffer`);
}
