import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { InvalidArgumentError } from 'commander';

import { INTACT } from '../impl/stack.ts';
import { isRuleId, RULES } from '../model/rules/catalogue.ts';
import type { Fault } from '../properties/faults/fault.ts';
import { WrongUse } from './exit.ts';
import { KNOWN_FAULTS, knownFault } from './known-faults.ts';
import { unknown } from './nearest.ts';

/** A whole number from 0 on, as an option takes it. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('expected a whole number from 0 on.');
  }
  return value;
}

/** More threads than this are a slip of the finger. */
const WORKERS_MAX = 256;

/** A number of worker threads. */
export function workers(text: string): number {
  const value = wholeNumber(text);
  if (value >= 1 && value <= WORKERS_MAX) return value;
  throw new InvalidArgumentError(`expected a whole number from 1 to ${WORKERS_MAX}.`);
}

/**
 * The fault that `--fault` names: one of ours by its id, or the export `fault` of a module. A path
 * has a slash in it or ends like a module.
 */
export async function resolveFault(wanted: string): Promise<Fault> {
  if (!/[/\\]|\.(?:m?js|ts)$/.test(wanted)) {
    const found = knownFault(wanted);
    if (found !== null) return found;
    throw new WrongUse(
      unknown(
        'fault',
        wanted,
        KNOWN_FAULTS.map(({ id }) => id),
      ),
    );
  }
  const module = pathToFileURL(resolve(wanted)).href;
  let loaded: unknown;
  try {
    loaded = await import(module);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new WrongUse(`${wanted}: cannot be loaded as a module: ${reason}`);
  }
  const fault: unknown = Reflect.get(Object(loaded), 'fault');
  if (!isFault(fault)) {
    throw new WrongUse(
      `${wanted}: expected an export "fault" with id, mistake, breaks and install`,
    );
  }
  const unknownRule = fault.breaks.find((rule) => !isRuleId(String(rule)));
  if (unknownRule !== undefined) {
    const ids = RULES.map(({ id }) => id);
    throw new WrongUse(`${wanted}: fault.breaks: ${unknown('rule', String(unknownRule), ids)}`);
  }
  checkInstall(wanted, fault);
  return { ...fault, module };
}

function isFault(value: unknown): value is Fault {
  if (typeof value !== 'object' || value === null) return false;
  const { id, mistake, breaks, install } = value as Partial<Record<keyof Fault, unknown>>; // unread
  return (
    typeof id === 'string' &&
    id !== '' &&
    typeof mistake === 'string' &&
    Array.isArray(breaks) &&
    typeof install === 'function'
  );
}

/** A fault that replaces nothing, or something that does not exist, would pass for survived. */
function checkInstall(wanted: string, { install }: Fault): void {
  let installed: unknown;
  try {
    installed = install(INTACT);
  } catch (error) {
    throw new WrongUse(`${wanted}: fault.install throws: ${String(error)}`);
  }
  const names = Object.keys(INTACT);
  const given = Object.entries(Object(installed));
  const wrong = given.find(
    ([name, type]) => !names.includes(name) || typeof type !== 'function',
  )?.[0];
  if (wrong !== undefined) {
    throw new WrongUse(`${wanted}: fault.install: ${unknown('class', wrong, names)}`);
  }
  if (given.length === 0) {
    throw new WrongUse(`${wanted}: fault.install: expected classes of ${names.join(', ')}`);
  }
}

/** Writes what `--json` asks for. */
export function writeJson(file: string, report: unknown): void {
  writeText(file, `${JSON.stringify(report, null, 2)}\n`);
}

/** Writes a file that the user has named. */
export function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new WrongUse(`${file}: cannot be written: ${reason}`);
  }
}
