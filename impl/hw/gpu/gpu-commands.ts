/** Flags of a fence: the caches are flushed before it, and an interrupt comes after it. */
export const FENCE_FLUSH = 1;
export const FENCE_INTERRUPT = 2;

/** What a slot of a ring, or a line of a command buffer, asks for. */
export type GpuCommand =
  | { readonly op: 'NOP' }
  | { readonly op: 'INVALIDATE' }
  | { readonly op: 'FLUSH' }
  | { readonly op: 'READ'; readonly from: number; readonly lines: number }
  | {
      readonly op: 'WRITE';
      readonly to: number;
      readonly lines: number;
      /** Which content it is: the number of a frame. */
      readonly version: number;
    }
  | { readonly op: 'COPY'; readonly from: number; readonly to: number; readonly lines: number }
  | { readonly op: 'WAIT'; readonly at: number; readonly value: number }
  | { readonly op: 'FENCE'; readonly at: number; readonly seq: number; readonly flags: number }
  | { readonly op: 'CTX'; readonly context: number }
  | { readonly op: 'IB'; readonly at: number; readonly count: number }
  /** For tests: it never ends. */
  | { readonly op: 'HANG' };

const OPS: readonly GpuCommand['op'][] = [
  ...(['NOP', 'INVALIDATE', 'FLUSH', 'READ', 'WRITE', 'COPY'] as const),
  ...(['WAIT', 'FENCE', 'CTX', 'IB', 'HANG'] as const),
];

/** What a command says, as numbers: other commands say other ones. */
export function numbersOf(command: GpuCommand): readonly number[] {
  const op = OPS.indexOf(command.op);
  switch (command.op) {
    case 'READ':
      return [op, command.from, command.lines];
    case 'WRITE':
      return [op, command.to, command.lines, command.version];
    case 'COPY':
      return [op, command.from, command.to, command.lines];
    case 'WAIT':
      return [op, command.at, command.value];
    case 'FENCE':
      return [op, command.at, command.seq, command.flags];
    case 'CTX':
      return [op, command.context];
    case 'IB':
      return [op, command.at, command.count];
    default:
      return [op];
  }
}
