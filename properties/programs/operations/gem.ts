import { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, ProgramError } from '../operation.ts';

function resvsOf(environment: Environment, args: Arguments): DmaResv[] {
  return args.names('resvs').map((name) => {
    if (name === null) throw new ProgramError('a submission names reservations, and no null');
    return environment.find(name, DmaResv);
  });
}

/** What drivers do with the reservations of several buffers. */
defineOperations([
  {
    // Locks all, makes room for a fence in each, and gives them back. Says what went wrong.
    name: 'gem.submit',
    parameters: ['resvs'],
    *run(environment, args) {
      const { stack } = environment;
      const resvs = resvsOf(environment, args);
      const context = new stack.types.WwAcquireContext(stack.reservationClass);
      const error = yield* stack.gemReservations.lockAndReserve(resvs, context);
      if (error === 0) yield* stack.gemReservations.unlock(resvs, context);
      return error;
    },
  },
  {
    // Locks all and gives them back. Says what went wrong.
    name: 'gem.lockAll',
    parameters: ['resvs'],
    *run(environment, args) {
      const { stack } = environment;
      const resvs = resvsOf(environment, args);
      const context = new stack.types.WwAcquireContext(stack.reservationClass);
      const error = yield* stack.gemReservations.lock(resvs, context);
      if (error === 0) yield* stack.gemReservations.unlock(resvs, context);
      return error;
    },
  },
]);
