import { DmaBufAttachment } from '../../impl/dma-buf/dma-buf-attachment.ts';
import {
  DMA_BIDIRECTIONAL,
  DMA_FROM_DEVICE,
  DMA_NONE,
  DMA_TO_DEVICE,
  type DmaDirection,
  type KernelMapping,
} from '../../impl/dma-buf/dma-buf-ops.ts';
import { DmaBuf } from '../../impl/dma-buf/dma-buf.ts';
import { KernelObject } from '../../impl/kernel/object.ts';
import type { Environment } from './environment.ts';
import { MockExporter } from './mock-exporter.ts';
import { type Arguments, ProgramError } from './operation.ts';
import { descriptorArgument, userCalls } from './user-space.ts';

/** Directions by number, as programs write them. */
const DIRECTIONS: Readonly<Record<string, DmaDirection>> = {
  BIDIRECTIONAL: DMA_BIDIRECTIONAL,
  TO_DEVICE: DMA_TO_DEVICE,
  FROM_DEVICE: DMA_FROM_DEVICE,
  NONE: DMA_NONE,
};

export function directionOf(args: Arguments): DmaDirection {
  const word = args.text('direction');
  const direction = DIRECTIONS[word];
  if (direction === undefined) throw new ProgramError(`${word} is no direction`);
  return direction;
}

/** The buffer in an argument; null where the program passes a NULL pointer. */
export function bufferOrNull(environment: Environment, args: Arguments): DmaBuf | null {
  return args.has('buffer') ? bufferOf(environment, args) : null;
}

/**
 * The buffer in an argument: by its own name, or behind a descriptor as a debugger finds it; that
 * may be closed by now.
 */
export function bufferOf(
  environment: Environment,
  args: Arguments,
  key: string = 'buffer',
): DmaBuf {
  const name = args.either(key);
  if (typeof name === 'string') {
    const value = environment.value(name);
    const isDescriptor = typeof value === 'number';
    const bound = isDescriptor ? environment.value(`${name}.buffer`) : value;
    if (bound instanceof DmaBuf) return bound;
    if (!isDescriptor) return environment.find(name, DmaBuf);
  }
  const ops = userCalls(environment).table.at(descriptorArgument(environment, args, key))?.ops;
  if (ops instanceof DmaBuf) return ops;
  throw new ProgramError(`${name} is no buffer`);
}

export function attachmentOrNull(
  environment: Environment,
  args: Arguments,
): DmaBufAttachment | null {
  return args.has('attachment')
    ? environment.find(args.text('attachment'), DmaBufAttachment)
    : null;
}

export function attachmentOf(environment: Environment, args: Arguments): DmaBufAttachment {
  return environment.find(args.text('attachment'), DmaBufAttachment);
}

/** A reference on the file of a buffer, which the program has to give back. */
export function ownBuffer(environment: Environment, buffer: DmaBuf): void {
  environment.own(buffer, () => environment.stack.buffers.put(buffer));
}

/** A buffer in the kernel's address space, as an earlier call has mapped it. */
export function areaOf(environment: Environment, args: Arguments): KernelObject & KernelMapping {
  const found = environment.find(args.text('mapping'), KernelObject);
  if (isMapping(found)) return found;
  throw new ProgramError(`${found.label} is no mapping of the kernel`);
}

function isMapping(object: KernelObject): object is KernelObject & KernelMapping {
  return 'readByte' in object && 'writeByte' in object;
}

/** Under this name a program finds the mock that has exported a buffer. */
export function exporterName(buffer: string): string {
  return `${buffer}.exporter`;
}

/** The mock that exported a buffer, also when that was refused, or the buffer is gone. */
export function exporterBehind(environment: Environment, buffer: string): MockExporter {
  const known = environment.value(exporterName(buffer));
  if (known instanceof MockExporter) return known;
  const { priv } = environment.find(buffer, DmaBuf);
  if (priv instanceof MockExporter) return priv;
  throw new ProgramError(`${buffer} has no mock exporter`);
}
