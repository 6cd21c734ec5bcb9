import { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import { O_CLOEXEC, O_RDWR } from '../../../impl/uapi/file.ts';
import { PAGE_SIZE } from '../../../impl/uapi/pages.ts';
import { bufferOf, bufferOrNull, directionOf, exporterOf } from '../buffers.ts';
import type { Environment } from '../environment.ts';
import { looksAt } from '../looks-at.ts';
import { EXPORTER_OPS, type ExporterOp, MockExporter } from '../mock-exporter.ts';
import { type Arguments, defineOperations, ProgramError } from '../operation.ts';
import { bindDescriptor, descriptorArgument } from '../user-space.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
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
  });
}

/** A reference on the file of a buffer, which the program has to give back. */
function ownBuffer(environment: Environment, buffer: DmaBuf): void {
  environment.own(buffer, () => environment.stack.buffers.put(buffer));
}

/** Calls about buffers, as drivers make them. */
defineOperations([
  {
    name: 'buf.export',
    parameters: ['size', 'dynamic', 'cached', 'with', 'without', 'fails', 'error', 'resv', 'flags'],
    *run(environment, args, out) {
      const { stack } = environment;
      const exporter = exporterFrom(environment, args);
      const buffer = yield* stack.buffers.export({
        exporterName: 'mock',
        owner: null,
        ops: exporter.ops(),
        size: args.number('size', PAGE_SIZE),
        flags: args.number('flags', O_RDWR),
        resv: args.has('resv') ? environment.find(args.text('resv'), DmaResv) : null,
        priv: exporter,
      });
      if (typeof buffer === 'number') return buffer;
      environment.bind(out, buffer);
      ownBuffer(environment, buffer);
      return 0;
    },
  },
  {
    // The caller's reference goes to the descriptor.
    name: 'buf.fd',
    parameters: ['buffer', 'cloexec'],
    *run(environment, args, out) {
      const buffer = bufferOrNull(environment, args);
      const flags = args.boolean('cloexec', false) ? O_CLOEXEC : 0;
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
      const exporter = exporterOf(bufferOf(environment, args));
      looksAt(exporter);
      return exporter.sights.map(({ op, isLocked }) => (isLocked ? `${op}!` : op)).join(' ');
    },
  },
]);
