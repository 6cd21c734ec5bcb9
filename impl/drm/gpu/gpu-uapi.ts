import { EINVAL } from '../../kernel/errno.ts';
import { arrayField } from '../../uapi/user-array.ts';
import { numberField, type UserPointer } from '../../uapi/user-memory.ts';

/** Requests of the graphics device; they hold direction and size of the argument. */
export const GPU_IOCTL_SUBMIT = 0xc0386440;
export const GPU_IOCTL_WAIT = 0x40106441;

/** Flags of a submission: `fence_fd` is a fence to wait for, or becomes the job's. */
export const GPU_SUBMIT_FENCE_IN = 1;
export const GPU_SUBMIT_FENCE_OUT = 2;
const GPU_SUBMIT_FLAGS: number = GPU_SUBMIT_FENCE_IN | GPU_SUBMIT_FENCE_OUT;

/** What a client can ask the engine for. A hang is for tests, and for clients that are mistaken. */
export const GPU_OPS = ['nop', 'draw', 'copy', 'hang'] as const;
export type GpuOp = (typeof GPU_OPS)[number];

/** Words of a command: what, two buffers by their place in the list, lines, and which drawing. */
export const GPU_COMMAND_WORDS = 5;
/** Commands of one submission: what the ring has room for, less what the driver adds. */
const COMMANDS_MAX = 32;

/** One command of a client. Buffers are places in the list of the submission. */
export interface ClientCommand {
  readonly op: GpuOp;
  readonly from: number;
  readonly to: number;
  readonly lines: number;
  readonly version: number;
}

/** A submission as the kernel has read it. */
export interface SubmitRequest {
  readonly flags: number;
  readonly commands: readonly ClientCommand[];
  /** By place: the job writes the buffer. */
  readonly writes: number;
  readonly fenceFd: number;
  /** Handles of synchronisation objects; 0: none. */
  readonly inSync: number;
  readonly outSync: number;
}

/** What the argument asks for, or a negative error. */
export function readSubmit(argument: UserPointer): SubmitRequest | number {
  const flags = numberField(argument, 'flags');
  const count = numberField(argument, 'command_count');
  if ((flags & ~GPU_SUBMIT_FLAGS) !== 0 || count > COMMANDS_MAX) return -EINVAL;
  const words = arrayField(argument, 'commands')?.read(count * GPU_COMMAND_WORDS) ?? [];
  if (words.length !== count * GPU_COMMAND_WORDS) return -EINVAL;
  const commands: ClientCommand[] = [];
  for (let at = 0; at < words.length; at += GPU_COMMAND_WORDS) {
    const word = (nth: number): number => Number(words[at + nth]);
    const op = GPU_OPS[word(0)];
    if (op === undefined) return -EINVAL;
    commands.push({ op, from: word(1), to: word(2), lines: word(3), version: word(4) });
  }
  return {
    flags,
    commands,
    writes: numberField(argument, 'writes'),
    fenceFd: numberField(argument, 'fence_fd'),
    inSync: numberField(argument, 'in_sync'),
    outSync: numberField(argument, 'out_sync'),
  };
}
