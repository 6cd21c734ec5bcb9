import { PAGE_SIZE } from '../../../impl/uapi/pages.ts';
import { LOOK } from './inspect.ts';
import { DeviceTable } from '../../own-driver/storage.ts';
import { DriverKernel } from '../../own-driver/driver-kernel.ts';
import { driversOf } from '../../own-driver/drivers.ts';
import { Exporter } from '../../own-driver/exporter.ts';
import { Importer } from '../../own-driver/importer.ts';
import { MovingExporter } from '../../own-driver/reference/moving-exporter.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import { attachmentOf, bufferOf } from '../buffers.ts';
import { looksAt } from '../looks-at.ts';
import type { Environment } from '../environment.ts';
import {
  type Arguments,
  defineOperations,
  type Operation,
  ProgramError,
  type Result,
} from '../operation.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { SgTable } from '../../../impl/dma-buf/sg-table.ts';

function exporterOf(buffer: DmaBuf): Exporter {
  if (buffer.priv instanceof Exporter) return buffer.priv;
  throw new ProgramError(`${buffer.label} has no exporter that was described here`);
}

/** What the name of an argument stands for was not made: some call before has failed. */
function isMissing(environment: Environment, args: Arguments, name: string): boolean {
  return environment.value(args.text(name)) === null;
}

/** A call about an importer, which may not have come to be. */
function about(name: string, run: (importer: Importer) => KernelTask<Result>): Operation {
  return {
    name,
    parameters: ['importer'],
    *run(environment, args) {
      if (isMissing(environment, args, 'importer')) return 'not open';
      return yield* run(environment.find(args.text('importer'), Importer));
    },
  };
}

/** A buffer of one kind of exporter. */
function exporting(name: string, kind: 'PlainExporter' | 'MovingExporter'): Operation {
  return {
    name,
    parameters: ['pages'],
    *run(environment, args, out) {
      const { stack } = environment;
      const kernel = new DriverKernel(stack, out);
      const bytes = args.number('pages', 1) * PAGE_SIZE;
      const exporter = new (driversOf(stack.types)[kind])(kernel, bytes);
      const buffer = yield* exporter.export();
      if (typeof buffer === 'number') {
        environment.bind(out, null);
        return buffer;
      }
      environment.bind(out, buffer);
      environment.own(buffer, () => stack.buffers.put(buffer));
      return 0;
    },
  };
}

/** A device of one kind of importer begins to use a buffer. */
function opening(name: string, kind: 'StaticImporter' | 'DynamicImporter'): Operation {
  return {
    name,
    parameters: ['buffer'],
    *run(environment, args, out) {
      const { stack } = environment;
      if (isMissing(environment, args, 'buffer')) {
        environment.bind(out, null);
        return 'no buffer';
      }
      const buffer = bufferOf(environment, args);
      // Whoever imports has found the buffer behind a descriptor, and holds it.
      yield* buffer.file.get();
      const importer = new (driversOf(stack.types)[kind])(new DriverKernel(stack, out), buffer);
      const error = yield* importer.open();
      if (error !== 0) {
        environment.bind(out, null);
        yield* retired(importer);
        return error;
      }
      environment.bind(out, importer);
      environment.own(importer, () => closed(importer), true);
      return 0;
    },
  };
}

function* closed(importer: Importer): ReturnType<Importer['close']> {
  yield* importer.close();
  yield* retired(importer);
}

function* retired(importer: Importer): ReturnType<Importer['close']> {
  const { buffer, world } = importer;
  world.memory.free(importer);
  yield* buffer.file.put();
}

/** What drivers that were described by somebody are asked to do. */
defineOperations([
  exporting('exporter.plain', 'PlainExporter'),
  exporting('exporter.moving', 'MovingExporter'),
  {
    // The exporter moves the storage, as eviction does.
    name: 'exporter.move',
    parameters: ['buffer'],
    *run(environment, args) {
      if (isMissing(environment, args, 'buffer')) return 'no buffer';
      const exporter = exporterOf(bufferOf(environment, args));
      return exporter.move === undefined ? 'stays' : yield* exporter.move();
    },
  },
  {
    // The same while nobody has written anything: there is nothing to copy.
    name: 'exporter.moveEmpty',
    parameters: ['buffer'],
    *run(environment, args) {
      const exporter = exporterOf(bufferOf(environment, args));
      if (exporter instanceof MovingExporter) return yield* exporter.moveEmpty();
      throw new ProgramError(`${exporter.label} has no such move`);
    },
  },
  {
    // Where a table leads: to where the content is now, or to where it was.
    name: 'exporter.shows',
    parameters: ['buffer', 'table'],
    *run(environment, args) {
      yield LOOK;
      const exporter = exporterOf(bufferOf(environment, args));
      const table = environment.find(args.text('table'), DeviceTable);
      looksAt(exporter);
      return exporter.hasSettledIn(table.storage) ? 'here' : 'elsewhere';
    },
  },
  opening('importer.static', 'StaticImporter'),
  opening('importer.dynamic', 'DynamicImporter'),
  about('importer.read', (importer) => importer.job('read')),
  about('importer.write', (importer) => importer.job('write')),
  {
    name: 'importer.close',
    parameters: ['importer'],
    *run(environment, args) {
      if (isMissing(environment, args, 'importer')) return 'not open';
      const importer = environment.find(args.text('importer'), Importer);
      environment.disown(importer);
      yield* closed(importer);
      return null;
    },
  },
  {
    // A device reads through a table, without a job and a fence.
    name: 'device.read',
    parameters: ['attachment', 'table'],
    *run(environment, args) {
      const kernel = new DriverKernel(environment.stack);
      const table = environment.value(args.text('table'));
      if (!(table instanceof SgTable)) return 'no table';
      return yield* kernel.deviceReads(attachmentOf(environment, args), table);
    },
  },
  {
    name: 'device.write',
    parameters: ['attachment', 'table', 'byte'],
    *run(environment, args) {
      const kernel = new DriverKernel(environment.stack);
      const table = environment.value(args.text('table'));
      if (!(table instanceof SgTable)) return 'no table';
      yield* kernel.deviceWrites(attachmentOf(environment, args), table, args.number('byte', 1));
      return null;
    },
  },
]);
