import type { KernelTask } from '../../../impl/kernel/access.ts';
import { ENOMEM } from '../../../impl/kernel/errno.ts';
import { driversOf } from '../../own-driver/drivers.ts';
import { FenceDriver } from '../../own-driver/fence-driver.ts';
import { FenceKernel } from '../../own-driver/fence-kernel.ts';
import { HardwareJob } from '../../own-driver/hardware-job.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, type Result } from '../operation.ts';

/** Numbers begin shortly before 32 bits run over, as some drivers do to test themselves. */
const FIRST_SEQNO: number = 2 ** 32 - 1;

/** A device whose driver was described by somebody. */
function* open(environment: Environment, args: Arguments, out: string | null): KernelTask<Result> {
  const { stack } = environment;
  const kernel = new FenceKernel(stack, out, args.number('firstSeqno', FIRST_SEQNO));
  const driver = new (driversOf(stack.types).FenceDriver)(kernel);
  environment.bind(out, driver);
  environment.own(driver, () => driver.close?.() ?? nothing());
  return driver.open === undefined ? 0 : yield* driver.open();
}

function* nothing(): KernelTask<void> {}

/** A job for the device: its fence goes by the name of the result, NULL without memory. */
function* submit(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const driver = environment.find(args.text('device'), FenceDriver);
  const hangs = args.boolean('hangs', false);
  const job = new HardwareJob(environment.stack.world, args.number('jiffies', 0), hangs);
  if (out !== null) job.alias = `${out}.job`;
  const fence = yield* driver.watch.submit(driver, job);
  environment.bind(out, fence);
  if (fence === null) return -ENOMEM;
  environment.ownFence(fence);
  return 0;
}

/** What issuers of fences that were described by somebody are asked to do. */
defineOperations([
  { name: 'issuer.open', parameters: ['firstSeqno'], run: open },
  { name: 'issuer.submit', parameters: ['device', 'jiffies', 'hangs'], run: submit },
]);
