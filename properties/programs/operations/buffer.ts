import { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import { O_CLOEXEC, O_RDWR } from '../../../impl/uapi/file.ts';
import { PAGE_SIZE } from '../../../impl/uapi/pages.ts';
import {
  bufferOf,
  bufferOrNull,
  directionOf,
  exporterBehind,
  exporterName,
  ownBuffer,
} from '../buffers.ts';
import type { Environment } from '../environment.ts';
import { looksAt } from '../looks-at.ts';
import { EXPORTER_OPS, type ExporterOp, MockExporter } from '../mock-exporter.ts';
import { type Arguments, defineOperations, ProgramError } from '../operation.ts';
import { bindDescriptor, descriptorArgument } from '../user-space.ts';
import type { DmaBufExport } from '../../../impl/dma-buf/dma-buf.ts';
import { ExporterModule } from '../../../impl/dma-buf/exporter-module.ts';
import { LOOK } from './inspect.ts';

const USUAL: readonly ExporterOp[] = EXPORTER_OPS.filter((op) => op !== 'pin' && op !== 'unpin');

function opsIn(args: Arguments, name: string): readonly ExporterOp[] {
  if (!args.has(name)) return [];
  return args.names(name).map((word) => {
    const op = EXPORTER_OPS.find((known) => known === word);
    if (op === undefined) throw new ProgramError(`${word} is no operation of an exporter`);
    return op;
  });
}

/** Operations named in `fails` answer `error`; 0 stands for a table that is missing. */
function failuresIn(args: Arguments): ReadonlyMap<ExporterOp, number | null> {
  const error = args.number('error', 0);
  return new Map(opsIn(args, 'fails').map((op) => [op, error === 0 ? null : error]));
}

/** A mock exporter: a static one unless `dynamic`, without the operations in `without`. */
function exporterFrom(environment: Environment, args: Arguments): MockExporter {
  const without = opsIn(args, 'without');
  const offered = args.boolean('dynamic', false)
    ? EXPORTER_OPS
    : [...USUAL, ...opsIn(args, 'with')];
  return new MockExporter(environment.stack, {
    has: offered.filter((op) => !without.includes(op)),
    fails: failuresIn(args),
    isCached: args.boolean('cached', false),
    size: args.number('size', PAGE_SIZE),
    isPatient: args.boolean('patient', false),
  });
}

/** What a mock exporter offers to the core. */
function offer(environment: Environment, args: Arguments, exporter: MockExporter): DmaBufExport {
  return {
    exporterName: args.boolean('nameless', false) ? null : 'mock',
    owner: args.has('owner') ? environment.find(args.text('owner'), ExporterModule) : null,
    ops: args.boolean('opless', false) ? null : exporter.ops(),
    size: args.number('size', PAGE_SIZE),
    flags: args.number('flags', O_RDWR),
    resv: args.has('resv') ? environment.find(args.text('resv'), DmaResv) : null,
    priv: args.boolean('orphan', false) ? null : exporter,
  };
}

/** Calls about buffers, as drivers make them. */
defineOperations([
  {
    // `nameless`, `opless`, `orphan`: without a name, operations, private data. Whatever comes of
    // it, `out` stays the name of the exporter for `buf.calls`.
    name: 'buf.export',
    parameters: [
      ...['size', 'dynamic', 'cached', 'with', 'without', 'fails', 'error', 'resv', 'flags'],
      ...['owner', 'nameless', 'opless', 'orphan', 'patient'],
    ],
    *run(environment, args, out) {
      const exporter = exporterFrom(environment, args);
      if (out !== null) environment.bind(exporterName(out), exporter);
      const buffer = yield* environment.stack.buffers.export(offer(environment, args, exporter));
      if (typeof buffer === 'number') {
        // It is still the exporter's own.
        yield* exporter.pages.put();
        return buffer;
      }
      environment.bind(out, buffer);
      ownBuffer(environment, buffer);
      return 0;
    },
  },
  {
    // The caller's reference goes to the descriptor.
    name: 'buf.fd',
    parameters: ['buffer', 'cloexec', 'rw'],
    *run(environment, args, out) {
      const buffer = bufferOrNull(environment, args);
      const access = args.boolean('rw', false) ? O_RDWR : 0;
      const flags = (args.boolean('cloexec', false) ? O_CLOEXEC : 0) | access;
      const fd = yield* environment.stack.buffers.fd(buffer, flags);
      bindDescriptor(environment, out, fd);
      if (fd >= 0 && buffer !== null) environment.disown(buffer);
      return Math.min(fd, 0);
    },
  },
  {
    name: 'buf.get',
    parameters: ['fd'],
    *run(environment, args, out) {
      const buffer = yield* environment.stack.buffers.get(descriptorArgument(environment, args));
      if (typeof buffer === 'number') return buffer;
      environment.bind(out, buffer);
      ownBuffer(environment, buffer);
      return 0;
    },
  },
  {
    name: 'buf.put',
    parameters: ['buffer'],
    *run(environment, args) {
      const buffer = bufferOrNull(environment, args);
      if (buffer !== null) environment.disown(buffer);
      yield* environment.stack.buffers.put(buffer);
      return null;
    },
  },
  {
    name: 'buf.resv',
    parameters: ['buffer'],
    *run(environment, args, out) {
      environment.bind(out, bufferOf(environment, args).resv);
      return null;
    },
  },
  {
    name: 'buf.begin',
    parameters: ['buffer', 'direction'],
    *run(environment, args) {
      const { bufferAccess } = environment.stack;
      return yield* bufferAccess.begin(bufferOrNull(environment, args), directionOf(args));
    },
  },
  {
    name: 'buf.end',
    parameters: ['buffer', 'direction'],
    *run(environment, args) {
      const { bufferAccess } = environment.stack;
      return yield* bufferAccess.end(bufferOf(environment, args), directionOf(args));
    },
  },
  {
    // The storage is about to move.
    name: 'buf.moveNotify',
    parameters: ['buffer'],
    *run(environment, args) {
      yield* environment.stack.bufferAttachments.moveNotify(bufferOf(environment, args));
      return null;
    },
  },
  {
    // What the core asked of the mock exporter; `!` where the reservation was locked.
    name: 'buf.calls',
    parameters: ['buffer'],
    *run(environment, args) {
      yield LOOK;
      const exporter = exporterBehind(environment, args.text('buffer'));
      looksAt(exporter);
      return exporter.sights.map(({ op, isLocked }) => (isLocked ? `${op}!` : op)).join(' ');
    },
  },
]);
