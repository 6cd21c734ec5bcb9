import { DmaBufAttachment } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import {
  DMA_BIDIRECTIONAL,
  DMA_FROM_DEVICE,
  DMA_NONE,
  DMA_TO_DEVICE,
  type DmaDirection,
} from '../../../impl/dma-buf/dma-buf-ops.ts';
import { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL } from '../../../impl/kernel/errno.ts';
import { VmapArea } from '../../../impl/exporters/page-mapping.ts';
import { bufferBehind } from '../buffer.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, ProgramError } from '../operation.ts';

const DIRECTIONS: Readonly<Record<string, DmaDirection>> = {
  both: DMA_BIDIRECTIONAL,
  toDevice: DMA_TO_DEVICE,
  fromDevice: DMA_FROM_DEVICE,
  none: DMA_NONE,
};

function directionOf(args: Arguments): DmaDirection {
  const direction = DIRECTIONS[args.text('direction', 'both')];
  if (direction === undefined) throw new ProgramError('there is no such direction');
  return direction;
}

function attachmentOf(environment: Environment, args: Arguments): DmaBufAttachment {
  return environment.find(args.text('attachment'), DmaBufAttachment);
}

function* refuse(): KernelTask<number> {
  return -EINVAL;
}

/**
 * The kernel's side of a device that uses a buffer, statically attached. What it does is the
 * business of the exporter under test; the rules of attaching have operations of their own.
 */
defineOperations([
  {
    name: 'client.attach',
    parameters: ['fd', 'device'],
    *run(environment, args, out) {
      const { bufferAttachments } = environment.stack;
      const buffer = bufferBehind(environment, args);
      const device = { name: args.text('device', 'client') };
      const attachment = yield* bufferAttachments.attach(buffer, device);
      if (typeof attachment === 'number') return attachment;
      environment.bind(out, attachment);
      return 0;
    },
  },
  {
    // Nothing, if the attach has failed.
    name: 'client.detach',
    parameters: ['attachment'],
    *run(environment, args) {
      if (environment.value(args.text('attachment')) === undefined) return null;
      const attachment = attachmentOf(environment, args);
      yield* environment.stack.bufferAttachments.detach(attachment.buffer, attachment);
      return null;
    },
  },
  {
    // 0 and the table, or a negative error; nothing, if the attach has failed.
    name: 'client.map',
    parameters: ['attachment', 'direction'],
    *run(environment, args, out) {
      if (environment.value(args.text('attachment')) === undefined) return null;
      const { bufferAttachments } = environment.stack;
      const attachment = attachmentOf(environment, args);
      const table = yield* bufferAttachments.mapUnlocked(attachment, directionOf(args));
      if (typeof table === 'number') return table;
      environment.bind(out, table);
      return 0;
    },
  },
  {
    // Nothing, if the mapping has failed.
    name: 'client.unmap',
    parameters: ['attachment', 'table', 'direction'],
    *run(environment, args) {
      if (environment.value(args.text('table')) === undefined) return null;
      const attachment = attachmentOf(environment, args);
      const table = environment.find(args.text('table'), SgTable);
      const { bufferAttachments } = environment.stack;
      yield* bufferAttachments.unmapUnlocked(attachment, table, directionOf(args));
      return null;
    },
  },
  {
    // The lengths of the segments, in order. Unit: pages.
    name: 'client.segments',
    parameters: ['table'],
    *run(environment, args) {
      const { segments } = environment.find(args.text('table'), SgTable);
      return segments.map(({ length }) => length / 4096).join(' ');
    },
  },
  {
    // Every segment begins at a multiple of so many bytes, as the device sees it.
    name: 'client.isAligned',
    parameters: ['table', 'bytes'],
    *run(environment, args) {
      const { segments } = environment.find(args.text('table'), SgTable);
      return segments.every(({ dmaAddress }) => dmaAddress % args.number('bytes') === 0);
    },
  },
  {
    name: 'client.sameTable',
    parameters: ['table', 'other'],
    *run(environment, args) {
      const table = environment.find(args.text('table'), SgTable);
      return table === environment.find(args.text('other'), SgTable);
    },
  },
  {
    // What the exporter's own fault handler finds at this page: its first byte, or SIGBUS.
    name: 'client.fault',
    parameters: ['fd', 'page'],
    *run(environment, args) {
      const { ops } = bufferBehind(environment, args);
      const request = { length: 4096, offset: 0, prot: 1, isShared: true };
      const backing = yield* ops.mmap?.(bufferBehind(environment, args), request) ?? refuse();
      if (typeof backing === 'number') return backing;
      return (yield* backing.readByte(args.number('page') * 4096)) ?? 'SIGBUS';
    },
  },
  {
    // 0 and the mapping, or a negative error.
    name: 'client.vmap',
    parameters: ['fd'],
    *run(environment, args, out) {
      const buffer = bufferBehind(environment, args);
      const mapping = yield* environment.stack.bufferAccess.vmapUnlocked(buffer);
      if (typeof mapping === 'number') return mapping;
      environment.bind(out, mapping);
      return 0;
    },
  },
  {
    // Nothing, if there is no mapping.
    name: 'client.vunmap',
    parameters: ['fd', 'mapping'],
    *run(environment, args) {
      if (environment.value(args.text('mapping')) === undefined) return null;
      const mapping = environment.find(args.text('mapping'), VmapArea);
      const buffer = bufferBehind(environment, args);
      yield* environment.stack.bufferAccess.vunmapUnlocked(buffer, mapping);
      return null;
    },
  },
  {
    name: 'client.load',
    parameters: ['mapping', 'offset'],
    *run(environment, args) {
      const mapping = environment.find(args.text('mapping'), VmapArea);
      return yield* mapping.readByte(args.number('offset'));
    },
  },
  {
    name: 'client.store',
    parameters: ['mapping', 'offset', 'byte'],
    *run(environment, args) {
      const mapping = environment.find(args.text('mapping'), VmapArea);
      yield* mapping.writeByte(args.number('offset'), args.number('byte'));
      return null;
    },
  },
]);
