import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { System } from '../model/systems/required/system.ts';
import type { Explorer, Kept } from '../properties/explorer/explorer.ts';
import { ProgramExplorer } from '../properties/explorer/program-explorer.ts';
import { SystemExplorer } from '../properties/explorer/system-explorer.ts';
import type { Fault } from '../properties/faults/fault.ts';
import type { Program } from '../properties/programs/program.ts';
import { printable } from '../traces/printable.ts';
import { writeTraceFile } from '../traces/write.ts';
import { WrongUse } from './exit.ts';
import { serveExplorer } from './explorer-server.ts';
import { FOUND } from './findings.ts';
import { ofProgram } from './of-program.ts';
import { print } from './output.ts';
import { placeTexts } from './places.ts';
import { allSystems } from './systems.ts';

/** Serves a program whose steps somebody chooses. */
export async function serveProgram(program: Program, fault: Fault | null): Promise<void> {
  const { name } = program;
  const options = { program, fault, placesOf: placeTexts };
  const explorer = ofProgram(name, () => new ProgramExplorer(options));
  await announce(name, explorer);
}

/** Serves a system of the model. */
export async function serveSystem(system: System): Promise<void> {
  await announce(system.network.name, new SystemExplorer(system));
}

/** The one system of this name, or the only one whose name has this in it; null: none has. */
export function systemToServe(name: string): System | null {
  const found = allSystems().filter(({ network }) => network.name.includes(name));
  const [first = null] = found;
  if (found.length < 2) return first;
  const exact = found.find(({ network }) => network.name === name);
  if (exact !== undefined) return exact;
  const names = found.map(({ network }) => `'${network.name}'`).join(', ');
  throw new WrongUse(`several systems have '${name}' in their names; expected one of ${names}`);
}

async function announce(name: string, explorer: Explorer): Promise<void> {
  const { url } = await serveExplorer(explorer, { keep });
  print(`${printable(name)}: open this address in a browser on this machine; Ctrl-C ends it`);
  print(url);
}

/** Enough to tell what was driven in one program apart. Unit: hexadecimal digits. */
const HASH_LENGTH = 6;
/** Unit: characters. */
const NAME_MAX = 40;

/** Writes a file beside the counterexamples that were found; equal content has one file. */
function keep(kept: Kept): string {
  if (kept.kind === 'trace') return writeTraceFile(FOUND, kept.trace);
  const hash = createHash('sha256').update(kept.text).digest('hex').slice(0, HASH_LENGTH);
  const name = kept.name.replaceAll(/[^\w-]+/g, '-').slice(0, NAME_MAX);
  const file = join(FOUND, `${name}-${hash}.mjs`);
  mkdirSync(FOUND, { recursive: true });
  writeFileSync(file, kept.text);
  return file;
}
