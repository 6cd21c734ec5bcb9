import { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EALREADY, EDEADLK } from '../../../impl/kernel/errno.ts';
import type { WwAcquireContext } from '../../../impl/kernel/ww-context.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, ProgramError, type Result } from '../operation.ts';

/** What a transaction holds, and which one it could not get; or an error. */
interface Attempt {
  readonly held: readonly DmaResv[];
  readonly contended: DmaResv | null;
  readonly error: number;
}

/** Locks all that are not held already: lists from programs may name a buffer twice. */
function* attempt(
  resvs: readonly DmaResv[],
  context: WwAcquireContext,
  before: readonly DmaResv[],
): KernelTask<Attempt> {
  const held = [...before];
  for (const resv of resvs) {
    const error = yield* resv.acquire(context);
    if (error === -EALREADY) continue;
    if (error !== 0) return { held, contended: error === -EDEADLK ? resv : null, error };
    held.push(resv);
  }
  return { held, contended: null, error: 0 };
}

function* lockAll(environment: Environment, args: Arguments): KernelTask<Result> {
  const { stack } = environment;
  const resvs = args.names('resvs').map((name) => {
    if (name === null) throw new ProgramError('a transaction names reservations, and no null');
    return environment.find(name, DmaResv);
  });
  const context = new stack.types.WwAcquireContext(stack.reservationClass);
  yield* context.init();
  let found = yield* attempt(resvs, context, []);
  while (found.contended !== null) {
    for (const resv of found.held) yield* resv.release();
    // How often it was here decides nothing.
    stack.world.current.forget(found.contended.key);
    yield* found.contended.lockSlow(context);
    found = yield* attempt(resvs, context, [found.contended]);
  }
  for (const resv of found.held) yield* resv.release();
  context.fini();
  return found.error === 0 ? found.held.map(({ label }) => label).join(' ') : String(found.error);
}

/** Locking several buffers, as submissions do, in the order of a list. */
defineOperations([
  {
    // The names of those that it locked, each once.
    name: 'buf.lockAll',
    parameters: ['resvs'],
    run: lockAll,
  },
]);
