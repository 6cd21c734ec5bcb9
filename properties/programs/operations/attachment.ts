import { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import { attachmentOf, attachmentOrNull, bufferOf, bufferOrNull, directionOf } from '../buffers.ts';
import { looksAt } from '../looks-at.ts';
import { MockImporter, type MoveSight } from '../mock-importer.ts';
import { type Arguments, defineOperations, type Operation } from '../operation.ts';
import type { Environment } from '../environment.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { DmaBufAttachment } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import type {
  DmaBufAttachments,
  DynamicImporter,
} from '../../../impl/dma-buf/dma-buf-attachments.ts';
import type { DmaDirection } from '../../../impl/dma-buf/dma-buf-ops.ts';
import { LOOK } from './inspect.ts';

/** The device named in the arguments; null where the program passes a NULL pointer. */
function deviceOf(args: Arguments): { readonly name: string } | null {
  return args.has('device') ? { name: args.text('device') } : null;
}

function tableOrNull(environment: Environment, args: Arguments): SgTable | null {
  return args.has('table') ? environment.find(args.text('table'), SgTable) : null;
}

function* attach(
  environment: Environment,
  args: Arguments,
  out: string | null,
  importer: DynamicImporter | null,
): KernelTask<number> {
  const { bufferAttachments } = environment.stack;
  const buffer = bufferOrNull(environment, args);
  const made = yield* bufferAttachments.dynamicAttach(buffer, deviceOf(args), importer);
  if (typeof made === 'number') return made;
  environment.bind(out, made);
  environment.own(made, () => bufferAttachments.detach(made.buffer, made), true);
  return 0;
}

/** The table is the result; a repeated one is bound to another name for the same object. */
function mapping(
  name: string,
  map: (
    core: DmaBufAttachments,
    attachment: DmaBufAttachment,
    direction: DmaDirection,
  ) => KernelTask<SgTable | number>,
): Operation {
  return {
    name,
    parameters: ['attachment', 'direction'],
    *run(environment, args, out) {
      const { bufferAttachments } = environment.stack;
      const attachment = attachmentOf(environment, args);
      const table = yield* map(bufferAttachments, attachment, directionOf(args));
      if (typeof table === 'number') return table;
      environment.bind(out, table);
      return table.label;
    },
  };
}

/** How often its importer was told of a move; `!` where the reservation was locked. */
function moves(name: string, text: (sight: MoveSight) => string): Operation {
  return {
    name,
    parameters: ['attachment'],
    *run(environment, args) {
      yield LOOK;
      const importer = attachmentOf(environment, args).importerPrivate;
      if (!(importer instanceof MockImporter)) return '';
      looksAt(importer);
      return importer.moves.map(text).join(' ');
    },
  };
}

/** Calls of importers about their attachments. */
defineOperations([
  {
    name: 'attach.static',
    parameters: ['buffer', 'device'],
    *run(environment, args, out) {
      return yield* attach(environment, args, out, null);
    },
  },
  {
    // `deaf`: it lacks move_notify.
    name: 'attach.dynamic',
    parameters: ['buffer', 'device', 'peer2peer', 'deaf'],
    *run(environment, args, out) {
      const importer = new MockImporter(environment.stack, {
        peer2peer: args.boolean('peer2peer', false),
        isDeaf: args.boolean('deaf', false),
      });
      return yield* attach(environment, args, out, { ops: importer.ops, priv: importer });
    },
  },
  {
    name: 'attach.detach',
    parameters: ['buffer', 'attachment'],
    *run(environment, args) {
      const buffer = bufferOrNull(environment, args);
      const attachment = attachmentOrNull(environment, args);
      if (attachment !== null && attachment.buffer === buffer) environment.disown(attachment);
      yield* environment.stack.bufferAttachments.detach(buffer, attachment);
      return null;
    },
  },
  {
    name: 'attach.pin',
    parameters: ['attachment'],
    *run(environment, args) {
      return yield* environment.stack.bufferAttachments.pin(attachmentOf(environment, args));
    },
  },
  {
    name: 'attach.unpin',
    parameters: ['attachment'],
    *run(environment, args) {
      yield* environment.stack.bufferAttachments.unpin(attachmentOf(environment, args));
      return null;
    },
  },
  mapping('attach.map', (core, attachment, direction) => core.map(attachment, direction)),
  mapping('attach.mapUnlocked', (core, attachment, direction) =>
    core.mapUnlocked(attachment, direction),
  ),
  {
    name: 'attach.unmap',
    parameters: ['attachment', 'table', 'direction'],
    *run(environment, args) {
      const attachment = attachmentOrNull(environment, args);
      const table = tableOrNull(environment, args);
      yield* environment.stack.bufferAttachments.unmap(attachment, table, directionOf(args));
      return null;
    },
  },
  {
    name: 'attach.unmapUnlocked',
    parameters: ['attachment', 'table', 'direction'],
    *run(environment, args) {
      const attachment = attachmentOf(environment, args);
      const table = environment.find(args.text('table'), SgTable);
      const { bufferAttachments } = environment.stack;
      yield* bufferAttachments.unmapUnlocked(attachment, table, directionOf(args));
      return null;
    },
  },
  moves('attach.moves', ({ isLocked }) => (isLocked ? 'move!' : 'move')),
  // The same, and whether the core had a mapping for it.
  moves('attach.mappedMoves', ({ isMapped }) => (isMapped ? 'mapped' : 'unmapped')),
  {
    name: 'attach.peer2peer',
    parameters: ['attachment'],
    *run(environment, args) {
      return attachmentOf(environment, args).peer2peer.get();
    },
  },
  {
    // Devices that use the buffer, newest first.
    name: 'attach.list',
    parameters: ['buffer'],
    *run(environment, args) {
      yield LOOK;
      const buffer = bufferOf(environment, args);
      looksAt(buffer);
      return buffer.attachments.value.map(({ device }) => device.name).join(' ');
    },
  },
]);
