import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Memory } from './key-code.ts';

const FORMAT = 'dmabuf-verify-checkpoint';
const VERSION = 1;

/** Unit: bytes. */
const HEAD_MAX = 1 << 16;
const DIGEST_LENGTH = 32;
const PIECE = 1 << 26;

const DAMAGED = 'is torn or damaged; remove it to begin again';

/** What a checkpoint must be of. */
export interface SearchIdentity {
  /** In words, for whoever has forgotten; `search` decides. */
  readonly system: string;
  readonly order: 'breadth' | 'depth';
  readonly memory: Memory;
  /** A hash of network, claims, reductions, order and memory. */
  readonly search: string;
}

/** What a checkpoint says of a search, besides the states themselves. */
export interface CheckpointHead extends SearchIdentity {
  readonly states: number;
  readonly edges: number;
  readonly base: number;
  /** The states that are searched next, and how deep they are. */
  readonly begin: number;
  readonly end: number;
  readonly depth: number;
  /** The wanted claims that no state has satisfied yet, by number. */
  readonly open: readonly number[];
  readonly limits: readonly string[];
}

/** As the first line of a file says it. */
interface Head extends CheckpointHead {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  /** The lengths of the arrays behind it. Unit: 32-bit integers. */
  readonly lengths: readonly number[];
}

const natural = z.number().int().nonnegative();

const HEAD: z.ZodType<Head> = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  system: z.string(),
  order: z.enum(['breadth', 'depth']),
  memory: z.enum(['exact', 'fingerprint', 'bits']),
  search: z.string(),
  states: natural,
  edges: natural,
  base: natural,
  begin: natural,
  end: natural,
  depth: z.number().int(),
  open: z.array(natural),
  limits: z.array(z.string()),
  lengths: z.array(natural),
});

export interface Checkpoint {
  readonly head: CheckpointHead;
  readonly arrays: readonly Int32Array[];
}

/** A checkpoint that cannot be used or written. The message is one line. */
export class CheckpointError extends Error {
  constructor(file: string, problem: string, options?: ErrorOptions) {
    super(`${file}: ${problem}`, options);
    this.name = 'CheckpointError';
  }
}

function bytesOf(array: Int32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Calls `each` for the pieces of an array that are read or written at once. */
function inPieces(bytes: Uint8Array, each: (piece: Uint8Array) => void): void {
  for (let at = 0; at < bytes.length; at += PIECE) each(bytes.subarray(at, at + PIECE));
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
}

function writeBody(descriptor: number, { head, arrays }: Checkpoint): void {
  const lengths = arrays.map(({ length }) => length);
  const text = JSON.stringify({ format: FORMAT, version: VERSION, ...head, lengths });
  const hash = createHash('sha256');
  const write = (bytes: Uint8Array): void => {
    hash.update(bytes);
    writeAll(descriptor, bytes);
  };
  write(Buffer.from(`${text}\n`));
  for (const array of arrays) inPieces(bytesOf(array), write);
  writeAll(descriptor, hash.digest());
}

/** A new name is on the disk when its folder is. Not every platform can open folders. */
function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    fsyncSync(descriptor);
    closeSync(descriptor);
  } catch {
    // Then the old checkpoint may come back after a power cut: older, and whole.
  }
}

/**
 * Writes a checkpoint beside the old one and puts it in its place when all of it is on the disk:
 * whenever this process dies, `file` is whole.
 *
 * @throws {CheckpointError} when it cannot be written
 */
export function writeCheckpoint(file: string, checkpoint: Checkpoint): void {
  const unfinished = `${file}.unfinished`;
  try {
    const descriptor = openSync(unfinished, 'w');
    try {
      writeBody(descriptor, checkpoint);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(unfinished, file);
    syncFolder(dirname(file));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CheckpointError(file, `cannot be written: ${reason}`, { cause: error });
  }
}

/** Reads a file from front to back. */
class Reader {
  readonly size: number;
  private readonly descriptor: number;
  private readonly hash: Hash = createHash('sha256');

  constructor(descriptor: number) {
    this.descriptor = descriptor;
    this.size = fstatSync(descriptor).size;
  }

  private fill(bytes: Uint8Array, position: number | null): number {
    let length = 0;
    while (length < bytes.length) {
      const from = position === null ? null : position + length;
      const read = readSync(this.descriptor, bytes, length, bytes.length - length, from);
      if (read === 0) break;
      length += read;
    }
    return length;
  }

  /** The first line, and where the next one begins. */
  line(): { readonly text: string; readonly length: number } {
    const bytes = new Uint8Array(Math.min(this.size, HEAD_MAX));
    this.fill(bytes, 0);
    const end = bytes.indexOf('\n'.charCodeAt(0));
    const line = bytes.subarray(0, end + 1);
    this.fill(new Uint8Array(line.length), null);
    this.hash.update(line);
    return { text: Buffer.from(line).toString('utf8'), length: line.length };
  }

  array(length: number): Int32Array {
    const array = new Int32Array(length);
    inPieces(bytesOf(array), (piece) => {
      this.fill(piece, null);
      this.hash.update(piece);
    });
    return array;
  }

  /** Whether what was read is followed by its digest. */
  isIntact(): boolean {
    const digest = new Uint8Array(DIGEST_LENGTH);
    return this.fill(digest, null) === DIGEST_LENGTH && this.hash.digest().equals(digest);
  }
}

/** Format and version come first: in another format every other complaint misleads. */
function parseHead(file: string, text: string): Head {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new CheckpointError(file, 'is no checkpoint of a search');
  }
  const named = z.object({ format: z.literal(FORMAT), version: z.number() }).safeParse(document);
  if (!named.success) throw new CheckpointError(file, 'is no checkpoint of a search');
  const { version } = named.data;
  if (version !== VERSION) {
    throw new CheckpointError(file, `is of version ${version}; expected version ${VERSION}`);
  }
  const head = HEAD.safeParse(document);
  if (!head.success) throw new CheckpointError(file, `${DAMAGED} (its first line)`);
  return head.data;
}

/** How a checkpoint of another search differs from the wanted one. */
function difference(head: CheckpointHead, wanted: SearchIdentity): string | null {
  for (const key of ['system', 'order', 'memory'] as const) {
    if (head[key] !== wanted[key]) return `${key} "${head[key]}"; expected "${wanted[key]}"`;
  }
  if (head.search === wanted.search) return null;
  return 'the same system with other moves, claims, symmetries or views';
}

/**
 * Reads a checkpoint back.
 *
 * @throws {CheckpointError} when there is none, when it is not whole, or of another search
 */
export function readCheckpoint(file: string, wanted: SearchIdentity): Checkpoint {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CheckpointError(file, `cannot be read: ${reason}`, { cause: error });
  }
  try {
    const reader = new Reader(descriptor);
    const line = reader.line();
    const { format: _, version: __, lengths, ...head } = parseHead(file, line.text);
    const other = difference(head, wanted);
    if (other !== null) throw new CheckpointError(file, `is of another search: ${other}`);
    const integers = lengths.reduce((sum, length) => sum + length, 0);
    const size = line.length + integers * Int32Array.BYTES_PER_ELEMENT + DIGEST_LENGTH;
    if (size !== reader.size) {
      throw new CheckpointError(file, `${DAMAGED} (${reader.size} bytes instead of ${size})`);
    }
    const arrays = lengths.map((length) => reader.array(length));
    if (!reader.isIntact()) throw new CheckpointError(file, `${DAMAGED} (its checksum)`);
    return { head, arrays };
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CheckpointError(file, `cannot be read: ${reason}`, { cause: error });
  } finally {
    closeSync(descriptor);
  }
}
