/** One place in the compiled implementation at which others may run. */
export interface Point {
  readonly number: number;
  readonly file: string;
  /** `FenceSignal.signal: lock.acquireIrqsave`, with a number when the method has several. */
  readonly name: string;
}

/** A compiled file whose points go through `at` and `atAccess`. */
export interface Rewritten {
  readonly text: string;
  readonly points: readonly Point[];
}

/**
 * Functions of the kernel's primitives that begin with an access. Left out is `memory.reserve`:
 * it is a step only where nature has a choice, and a choice cannot join another step.
 */
export const PRIMITIVES: ReadonlySet<string> = new Set(
  `test testAndSet set waitFor read write compareExchange decAndTest fetchAdd inc incUnlessZero
   lock lockInterruptible trylock unlock isLocked
   acquire acquireIrqsave acquireIrq acquireInterruptible setState setStateUnordered
   isSignalPending schedule scheduleTimeout wakeUp queue wakeAll wakeAllLocked`.split(/\s+/),
);

const CLASS = /^(?:export )?(?:abstract )?class (\w+)/;
const METHOD = /^ {4}(?:static )?\*?(\w+)\(/;
/** A step of this function, or the body of a function that another one runs as its step. */
const STEP = /(yield\*?|=>) /g;

/** Finds the points of one compiled file and puts a switch before each of them. */
export function rewrite(file: string, source: string, first: number): Rewritten {
  const points: Point[] = [];
  const seen = new Map<string, number>();
  let className = '';
  let method = '';
  const lines = source.split('\n').map((line) => {
    className = CLASS.exec(line)?.[1] ?? className;
    method = METHOD.exec(line)?.[1] ?? method;
    let text = line;
    let shift = 0;
    for (const match of line.matchAll(STEP)) {
      const start = match.index + match[0].length;
      const isAccess = match[1] === 'yield';
      if (!isAccess && !isPrimitive(line.slice(start))) continue;
      const end = endOfExpression(line, start);
      const expression = line.slice(start, end);
      const number = first + points.length;
      points.push({ number, file, name: nameOf(`${className}.${method}`, expression, seen) });
      const call = `${isAccess ? '$atAccess' : '$at'}(${number}, this, ${expression})`;
      const replaced = `${isAccess ? 'yield*' : match[1]} ${call}`;
      text = text.slice(0, match.index + shift) + replaced + text.slice(end + shift);
      shift += replaced.length - (end - match.index);
    }
    return text;
  });
  const head =
    "import { at as $at, atAccess as $atAccess } from '../../properties/litmus/mutation/silence.js';";
  return { text: points.length === 0 ? source : `${head}\n${lines.join('\n')}`, points };
}

function nameOf(where: string, expression: string, seen: Map<string, number>): string {
  const what = expression.replace(/^this\./, '').replace(/\(.*$/, '');
  const name = `${where}: ${what}`;
  const count = (seen.get(name) ?? 0) + 1;
  seen.set(name, count);
  return count === 1 ? name : `${name} #${count}`;
}

/** A call on something that the object has: `this.lock.acquire()`, never `this.acquire()`. */
function isPrimitive(expression: string): boolean {
  const chain = /^([\w.]+)\.(\w+)\(/.exec(expression);
  return chain !== null && chain[1] !== 'this' && PRIMITIVES.has(chain[2] ?? '');
}

/** Where a chain of names, with one call at its end, is over. */
function endOfExpression(line: string, start: number): number {
  let at = start;
  while (at < line.length && /[\w.$]/.test(line[at] ?? '')) at += 1;
  if (line[at] !== '(') return at;
  let depth = 0;
  for (; at < line.length; at += 1) {
    if (line[at] === '(') depth += 1;
    if (line[at] === ')') depth -= 1;
    if (depth === 0) return at + 1;
  }
  throw new Error(`a call does not end on its line: ${line}`);
}
