import { DmaBufAttachment } from '../../impl/dma-buf/dma-buf-attachment.ts';
import {
  DMA_BIDIRECTIONAL,
  DMA_FROM_DEVICE,
  DMA_NONE,
  DMA_TO_DEVICE,
  type DmaDirection,
} from '../../impl/dma-buf/dma-buf-ops.ts';
import { DmaBuf } from '../../impl/dma-buf/dma-buf.ts';
import type { Environment } from './environment.ts';
import { MockExporter } from './mock-exporter.ts';
import { type Arguments, ProgramError } from './operation.ts';

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
  return args.has('buffer') ? environment.find(args.text('buffer'), DmaBuf) : null;
}

export function bufferOf(environment: Environment, args: Arguments): DmaBuf {
  return environment.find(args.text('buffer'), DmaBuf);
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

/** The mock that exported a buffer. */
export function exporterOf(buffer: DmaBuf): MockExporter {
  if (buffer.priv instanceof MockExporter) return buffer.priv;
  throw new ProgramError(`${buffer.label} has no mock exporter`);
}
