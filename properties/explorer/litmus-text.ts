import { callText } from '../programs/parse.ts';
import { type Call, PLAIN_WORLD, type Program, type TaskProgram } from '../programs/program.ts';
import { LITMUS } from '../litmus/index.ts';

/** A run that somebody drove, and how it ended. */
export interface Driven {
  readonly program: Program;
  /** What `returned` sees of it. */
  readonly outcome: string;
  /** How it came about: who ran how far. */
  readonly why: string;
  /** The rules that are broken in it. */
  readonly rules: readonly string[];
}

/** Where nobody has said what a program is about. */
const NO_WINDOW = 'OWN';

/**
 * A litmus program as a module that runs: with the one outcome that was seen. The others, and the
 * rules that allow each, are for its author to write.
 */
export function litmusText({ program, outcome, why, rules }: Driven): string {
  const [window, name] = nameOf(program);
  const of = rules.length > 0 ? rules : program.rule === null ? [] : [program.rule];
  return [
    "import { litmus, outcome, returned, runLitmus } from 'dmabuf-verify';",
    '',
    '// One run was driven by hand, and its outcome stands here. A litmus program lists all of them,',
    '// each with the rules that allow it.',
    'export const driven = litmus({',
    `  name: ${quoted(`driven-${name}`)},`,
    ...(window === NO_WINDOW ? ['  // The race window, or the rule, that it stands in.'] : []),
    `  window: ${quoted(window)},`,
    ...worldLines(program),
    ...calls('setup', program.setup),
    '  tasks: {',
    ...program.tasks.map((task) => `    ${keyText(keyOf(program, task))}: ${text(task.calls)},`),
    '  },',
    ...calls('teardown', program.teardown),
    ...(program.mayBlock === undefined ? [] : [`  mayBlock: ${list(program.mayBlock)},`]),
    '  sees: [returned],',
    '  outcomes: [',
    `    outcome(${quoted(outcome)}, ${list(of)}, ${quoted(why)}),`,
    '  ],',
    '});',
    '',
    'const { missing, unexpected } = runLitmus(driven);',
    'console.log({ missing, unexpected });',
    '',
  ].join('\n');
}

/** The window that a litmus program stands in, and what it is called besides. */
function nameOf({ name, rule }: Program): readonly [window: string, name: string] {
  const known = LITMUS.find(({ id }) => id === name);
  const short = name.replace(/^litmus\//, '').replaceAll(/[^\w]+/g, '-');
  if (known === undefined) return [rule ?? NO_WINDOW, short];
  return [known.window, short.slice(known.window.length + 1)];
}

function worldLines({ world }: Program): readonly string[] {
  const others = Object.entries(world).filter(
    ([key, value]) => value !== new Map<string, unknown>(Object.entries(PLAIN_WORLD)).get(key),
  );
  return others.length === 0 ? [] : [`  world: ${JSON.stringify(Object.fromEntries(others))},`];
}

function calls(part: 'setup' | 'teardown', made: readonly Call[]): readonly string[] {
  return made.length === 0 ? [] : [`  ${part}: ${text(made)},`];
}

function text(made: readonly Call[]): string {
  return quoted(made.map((call) => callText(call)).join('; '));
}

/** `child/irq@A`, as `program` reads it: a lane stands beside the first one of its processor. */
function keyOf({ tasks }: Program, { name, cpu, process }: TaskProgram): string {
  const host = tasks.find((other) => other.cpu === cpu);
  const lane = host === undefined || host.name === name ? name : `${name}@${host.name}`;
  return process === undefined ? lane : `${process}/${lane}`;
}

function keyText(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? key : quoted(key);
}

function list(words: readonly string[]): string {
  return `[${words.map(quoted).join(', ')}]`;
}

/** As this project writes strings; whatever is in one stays in it. */
function quoted(words: string): string {
  const escaped = JSON.stringify(words).slice(1, -1).replaceAll('\\"', '"');
  return `'${escaped.replaceAll("'", "\\'")}'`;
}
