import type { KernelTask } from '../../../impl/kernel/access.ts';
import { O_RDWR } from '../../../impl/uapi/file.ts';
import { PAGE_SIZE } from '../../../impl/uapi/pages.ts';
import { bufferOf, ownBuffer } from '../buffers.ts';
import { CachedPage } from '../cached-page.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, ProgramError } from '../operation.ts';

function pageOf(environment: Environment, args: Arguments): CachedPage {
  const { priv } = bufferOf(environment, args);
  if (priv instanceof CachedPage) return priv;
  throw new ProgramError('devices are about buffers of device.export');
}

function* exportPage(
  environment: Environment,
  _args: Arguments,
  out: string | null,
): KernelTask<number> {
  const { stack } = environment;
  const page = new CachedPage(stack);
  const buffer = yield* stack.buffers.export({
    exporterName: 'cached',
    owner: null,
    ops: page.ops(),
    size: PAGE_SIZE,
    flags: O_RDWR,
    resv: null,
    priv: page,
  });
  if (typeof buffer === 'number') return buffer;
  environment.bind(out, buffer);
  ownBuffer(environment, buffer);
  return 0;
}

/** A buffer between a CPU with a cache and a device without one: one byte of it. */
defineOperations([
  { name: 'device.export', parameters: [], run: exportPage },
  {
    name: 'device.load',
    parameters: ['buffer'],
    run: (environment, args) => pageOf(environment, args).deviceLoad(),
  },
  {
    name: 'device.store',
    parameters: ['buffer', 'byte'],
    *run(environment, args) {
      yield* pageOf(environment, args).deviceStore(args.number('byte'));
      return null;
    },
  },
]);
