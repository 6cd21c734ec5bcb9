import { type GpuRange, GpuVm } from '../../../impl/drm/exec/gpu-vm.ts';
import { LocalObject } from '../../../impl/drm/exec/local-object.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, type Operation } from '../operation.ts';
import { execOf, untilAllLocked } from './exec.ts';

function rangeOf(args: Arguments): GpuRange {
  return { start: args.number('start'), length: args.number('length') };
}

/** A call that changes what is bound, under the lock of the root. */
function changing(
  name: string,
  parameters: readonly string[],
  change: (vm: GpuVm, args: Arguments, environment: Environment) => KernelTask<number>,
): Operation {
  return {
    name,
    parameters: ['vm', ...parameters],
    *run(environment, args) {
      const vm = environment.find(args.text('vm'), GpuVm);
      yield* vm.root.resv.acquire();
      const error = yield* change(vm, args, environment);
      yield* vm.root.resv.release();
      return error;
    },
  };
}

/** Addresses of a GPU. */
defineOperations([
  {
    name: 'vm.create',
    parameters: ['root'],
    *run(environment, args, out) {
      const { stack } = environment;
      const root = environment.find(args.text('root'), LocalObject);
      const vm = new stack.types.GpuVm(stack, root);
      environment.bind(out, vm);
      environment.own(vm, () => vm.fini(), true);
      return null;
    },
  },
  changing('vm.bind', ['start', 'length', 'object'], (vm, args, environment) => {
    const object = args.has('object') ? environment.find(args.text('object'), LocalObject) : null;
    return vm.bind(rangeOf(args), object);
  }),
  changing('vm.unbind', ['start'], (vm, args) => vm.unbind(args.number('start'))),
  {
    // The whole loop: the root, and whatever is bound in the range.
    name: 'vm.lockRange',
    parameters: ['exec', 'vm', 'start', 'length', 'count'],
    *run(environment, args) {
      const vm = environment.find(args.text('vm'), GpuVm);
      const exec = execOf(environment, args);
      const range = rangeOf(args);
      const count = args.number('count', 1);
      return yield* untilAllLocked(exec, function* () {
        const error = yield* exec.prepareObj(vm.root, count);
        return error === 0 ? yield* vm.prepareRange(exec, range, count) : error;
      });
    },
  },
]);
