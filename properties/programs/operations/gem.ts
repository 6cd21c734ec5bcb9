import { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import { defineOperations, ProgramError } from '../operation.ts';

/** What drivers do with the reservations of several buffers. */
defineOperations([
  {
    // Locks all, makes room for a fence in each, and gives them back. Says what went wrong.
    name: 'gem.submit',
    parameters: ['resvs'],
    *run(environment, args) {
      const { stack } = environment;
      const resvs = args.names('resvs').map((name) => {
        if (name === null) throw new ProgramError('a submission names reservations, and no null');
        return environment.find(name, DmaResv);
      });
      const context = new stack.types.WwAcquireContext(stack.reservationClass);
      const error = yield* stack.gemReservations.lockAndReserve(resvs, context);
      if (error === 0) yield* stack.gemReservations.unlock(resvs, context);
      return error;
    },
  },
]);
