import type { Call } from '../program.ts';
import type { Trace } from '../trace.ts';
import { BUFFERS } from './buffers.ts';
import { commented } from './c-text.ts';
import { hasRace } from './call-order.ts';
import { CORE_CODE } from './core-code.ts';
import { DEVICES } from './devices.ts';
import { FILES } from './files.ts';
import { LOOKS } from './looks.ts';
import { MEMORY } from './memory.ts';
import type { Part } from './part.ts';
import { RUNNER_CODE } from './runner-code.ts';
import { Inexpressible, SpokenCall, Variables } from './spoken-call.ts';
import { SYNC_FILES } from './sync-files.ts';
import { SYNCOBJS } from './syncobjs.ts';
import { type Expected, type Lane, type Planned, tablesOf } from './tables.ts';
import { WAITING } from './waiting.ts';

const PARTS: readonly Part[] = [
  FILES,
  WAITING,
  MEMORY,
  SYNC_FILES,
  BUFFERS,
  DEVICES,
  SYNCOBJS,
  LOOKS,
];
const HEADERS = [
  'errno.h',
  'fnmatch.h',
  'pthread.h',
  'sched.h',
  'signal.h',
  'stdatomic.h',
  'stdint.h',
  'stdio.h',
  'stdlib.h',
  'string.h',
  'sys/ioctl.h',
  'sys/mman.h',
  'sys/prctl.h',
  'sys/syscall.h',
  'sys/wait.h',
  'time.h',
  'unistd.h',
];

/** Why user space cannot make the calls of a trace; null where it can. */
export function whyNotInC(trace: Trace): string | null {
  try {
    reproducer(trace, []);
    return null;
  } catch (error) {
    if (error instanceof Inexpressible) return error.message;
    throw error;
  }
}

/**
 * A program in C that makes the calls of a trace on a real machine, and says what they return
 * beside what they should and what they did in the trace. Throws `Inexpressible`.
 */
export function reproducer(trace: Trace, expected: Expected): string {
  const lanes = lanesOf(trace);
  const calls = lanes.flatMap((lane) => lane.calls);
  if (calls.length === 0) throw new Inexpressible('the program makes no call');
  const variables = new Variables(calls.map(({ call }) => call));
  const parts = partsOf(calls.map(({ call }) => call));
  const functions = calls.map((planned, index) => functionOf(planned, index, variables)).join('\n');
  const used = variables.all.filter((name) => functions.includes(name));
  const headers = [...new Set([...HEADERS, ...parts.flatMap((part) => part.headers)])].sort();
  return [
    headOf(trace),
    `#define _GNU_SOURCE\n${headers.map((name) => `#include <${name}>\n`).join('')}`,
    CORE_CODE.trimStart(),
    ...parts.map(({ title, code }) => `/* --- ${title} --- */\n${code}`),
    '/* --- the program --- */\n',
    used.map((name) => `static int ${name} = -1;\n`).join(''),
    functions,
    tablesOf(trace, lanes, expected),
    RUNNER_CODE.trimStart(),
  ].join('\n');
}

/** Set-up, tasks, and what comes after them. */
function lanesOf({ program }: Trace): readonly Lane[] {
  for (const { name, context, process } of program.tasks) {
    if (context !== 'process') throw new Inexpressible(`${name} is an interrupt`);
    if (process !== undefined) throw new Inexpressible(`${name} is of another process`);
  }
  const lane = (name: string, calls: readonly Call[]): Lane => ({
    name,
    calls: calls.map((call, index) => ({ task: name, number: index + 1, call })),
  });
  return [
    lane('setup', program.setup),
    ...program.tasks.map(({ name, calls }) => lane(name, calls)),
    lane('teardown', program.teardown),
  ];
}

/** The parts that calls need, each behind what it needs itself. */
function partsOf(calls: readonly Call[]): readonly Part[] {
  const found = new Set<Part>();
  const unknown = new Set<string>();
  for (const { op } of calls) {
    const part = PARTS.find((one) => Object.hasOwn(one.calls, op));
    if (part === undefined) unknown.add(op);
    else for (const one of [...part.needs, part]) found.add(one);
  }
  if (unknown.size > 0) {
    throw new Inexpressible(`user space cannot make ${[...unknown].join(', ')}`);
  }
  return PARTS.filter((part) => found.has(part));
}

function functionOf({ call }: Planned, index: number, variables: Variables): string {
  const spoken = new SpokenCall(call, variables);
  const part = PARTS.find((one) => Object.hasOwn(one.calls, call.op));
  const code = part?.calls[call.op]?.(spoken);
  if (code === undefined) throw new Inexpressible(`user space cannot make ${call.op}`);
  if (part !== LOOKS) spoken.checkAll();
  return `static void call_${index}(char *r)\n{\n  ${code};\n}\n`;
}

function headOf(trace: Trace): string {
  const { program, verdict, fault } = trace;
  const lines = [
    `${program.name}: ${verdict.message}`,
    verdict.rules.length === 0 ? `judge: ${verdict.judge}` : `rules: ${verdict.rules.join(', ')}`,
    ...(fault === null ? [] : [`found with the fault ${fault}`]),
    ...(program.world.failuresMax > 0
      ? ['an allocation fails in the trace: user space cannot make it fail']
      : []),
    ...(program.world.interruptionsMax > 0
      ? ['a signal arrives in the trace: nobody sends one here']
      : []),
    ...(hasRace(trace)
      ? ['calls overlap in the trace: their inner order is left to chance, and tried many times']
      : []),
    '',
    'cc -O1 -pthread -o reproducer FILE.c && ./reproducer',
    'exit status: 0 as the rules demand, 1 as in the trace, 2 neither; 64 wrong use, 77 cannot be',
    'tried here',
  ];
  return `/*\n${lines.map((line) => ` * ${commented(line)}`.trimEnd()).join('\n')}\n */\n`;
}
