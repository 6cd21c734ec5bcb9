import { operation } from './operation.ts';
import {
  type Argument,
  type Call,
  PLAIN_WORLD,
  type Program,
  type ProgramWorld,
  type TaskProgram,
} from './program.ts';

/** A program as people write it: one call a line, `r = fence.addCallback(f, cb)`. */
export interface Written {
  readonly world?: Partial<ProgramWorld>;
  readonly setup?: string;
  /**
   * Lanes by name. `irq@A` is an interrupt on the processor of task A, `irq` has its own.
   * `child/B` is a thread of the process `child`, B one of the process that runs the set-up.
   */
  readonly tasks?: Readonly<Record<string, string>>;
  readonly teardown?: string;
  readonly mayBlock?: readonly string[];
}

const CALL = /^(?:(?<out>\w+)\s*=\s*)?(?<op>[\w.]+)\((?<args>.*)\)$/;

/** Turns the written form into data. A wrong line is a defect of the suite, so it throws. */
export function program(name: string, written: Written, rule: string | null = null): Program {
  return {
    name,
    rule,
    world: { ...PLAIN_WORLD, ...written.world },
    setup: parseCalls(written.setup ?? ''),
    tasks: parseTasks(written.tasks ?? {}),
    teardown: parseCalls(written.teardown ?? ''),
    ...(written.mayBlock === undefined ? {} : { mayBlock: written.mayBlock }),
  };
}

function parseTasks(tasks: Readonly<Record<string, string>>): TaskProgram[] {
  const cpus = new Map<string, number>();
  return Object.entries(tasks).map(([path, text], index) => {
    const [key = path, process] = path.split('/').toReversed();
    const [name = key, host] = key.split('@');
    const cpu = host === undefined ? index : cpus.get(host);
    if (cpu === undefined) throw new Error(`${key}: there is no task ${host ?? ''} before it`);
    cpus.set(name, cpu);
    const context = name.startsWith('irq') ? 'hardirq' : 'process';
    const task: TaskProgram = { name, context, cpu, calls: parseCalls(text) };
    return process === undefined ? task : { ...task, process };
  });
}

/** Calls stand on lines of their own or behind semicolons; `#` starts a remark. */
export function parseCalls(text: string): Call[] {
  return text
    .split(/[\n;]/)
    .map((line) => line.replace(/#.*$/, '').trim())
    .filter((line) => line !== '')
    .map(parseCall);
}

function parseCall(line: string): Call {
  const groups = CALL.exec(line)?.groups;
  const op = groups?.['op'];
  if (groups === undefined || op === undefined) throw new Error(`not a call: ${line}`);
  const { parameters } = operation(op);
  const args: Record<string, Argument> = {};
  let position = 0;
  for (const part of splitArguments(groups['args'] ?? '')) {
    const named = /^(\w+):\s*(.*)$/.exec(part);
    const key = named?.[1] ?? parameters[position];
    if (key === undefined || !parameters.includes(key)) {
      throw new Error(`${op} takes (${parameters.join(', ')}): ${line}`);
    }
    args[key] = parseArgument(named?.[2] ?? part);
    position += 1;
  }
  const out = groups['out'];
  return out === undefined ? { op, args } : { op, args, out };
}

function splitArguments(text: string): string[] {
  const parts = text.match(/\[[^\]]*\]|(?:\s*\w+:\s*)?(?:\[[^\]]*\]|[^,[\]]+)/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function parseArgument(text: string): Argument {
  if (text.startsWith('[')) {
    return splitArguments(text.slice(1, -1)).map((item) => {
      const value = parseArgument(item);
      return typeof value === 'string' || typeof value === 'number' ? value : null;
    });
  }
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

/** Writes a call as it would be parsed. */
export function callText(call: Call): string {
  const { parameters } = operation(call.op);
  const parts: string[] = [];
  let isPositional = true;
  for (const parameter of parameters) {
    const value = call.args[parameter];
    if (value === undefined) {
      isPositional = false;
      continue;
    }
    const text = Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
    parts.push(isPositional ? text : `${parameter}: ${text}`);
  }
  return `${call.out === undefined ? '' : `${call.out} = `}${call.op}(${parts.join(', ')})`;
}
