import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { CampaignIdentity, JobRecord } from './campaign.ts';
import { RECORD } from './schema.ts';

const FORMAT = 'dmabuf-verify-campaign';
const VERSION = 1;

const natural = z.number().int().nonnegative();

const HEAD = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  seed: natural,
  fault: z.string().nullable(),
  code: z.string(),
  versions: z.strictObject({ package: z.string(), schema: natural, spec: z.string() }),
});

/** A journal that cannot be used. The message is one line. */
export class JournalError extends Error {
  constructor(file: string, problem: string, options?: ErrorOptions) {
    super(`${file}: ${problem}`, options);
    this.name = 'JournalError';
  }
}

/** What a journal says that was written before. */
export interface Journalled {
  readonly records: readonly JobRecord[];
  /** How much of the file is whole; what is behind was being written when its writer died. */
  readonly bytes: number;
}

/**
 * Reads a journal back; null when not even its first line was finished.
 *
 * @throws {JournalError} when there is none, when it is damaged, or of another campaign
 */
export function readJournal(file: string, wanted: CampaignIdentity): Journalled | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new JournalError(file, `cannot be read: ${reasonOf(error)}`, { cause: error });
  }
  const end = bytes.lastIndexOf('\n') + 1;
  if (end === 0) return null;
  const [head = '', ...lines] = bytes.toString('utf8', 0, end - 1).split('\n');
  checkHead(file, head, wanted);
  const records = lines.map((line, index) => {
    const record = RECORD.safeParse(parsed(line));
    if (record.success) return record.data;
    throw new JournalError(file, `line ${index + 2} is damaged; remove the file to begin again`);
  });
  return { records, bytes: end };
}

function checkHead(file: string, line: string, wanted: CampaignIdentity): void {
  const document = parsed(line);
  const named = z.object({ format: z.literal(FORMAT), version: z.number() }).safeParse(document);
  if (!named.success) throw new JournalError(file, 'is no journal of a campaign');
  if (named.data.version !== VERSION) {
    const { version } = named.data;
    throw new JournalError(file, `is of version ${version}; expected version ${VERSION}`);
  }
  const head = HEAD.safeParse(document);
  if (!head.success) throw new JournalError(file, 'its first line is damaged');
  for (const key of ['seed', 'fault', 'code', 'versions'] as const) {
    const [there, expected] = [JSON.stringify(head.data[key]), JSON.stringify(wanted[key])];
    if (there === expected) continue;
    throw new JournalError(file, `is of another campaign: ${key} ${there}; expected ${expected}`);
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Writes down what is done, so that whoever comes after a crash can go on. */
export class Journal {
  private readonly file: string;
  private readonly descriptor: number;

  /** Goes on behind what is whole, or begins: `written` is what `readJournal` has read. */
  constructor(file: string, identity: CampaignIdentity, written: Journalled | null) {
    this.file = file;
    try {
      mkdirSync(dirname(file), { recursive: true });
      this.descriptor = openSync(file, 'a');
      ftruncateSync(this.descriptor, written?.bytes ?? 0);
    } catch (error) {
      throw new JournalError(file, `cannot be written: ${reasonOf(error)}`, { cause: error });
    }
    if (written !== null) return;
    const { seed, fault, code, versions } = identity;
    this.append({ format: FORMAT, version: VERSION, seed, fault, code, versions });
  }

  /** When this returns, the record survives a crash of the machine. */
  write(record: JobRecord): void {
    this.append(record);
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private append(line: object): void {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.descriptor, bytes, at);
      fsyncSync(this.descriptor);
    } catch (error) {
      throw new JournalError(this.file, `cannot be written: ${reasonOf(error)}`, { cause: error });
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
