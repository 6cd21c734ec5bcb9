import { isDigit, NO_NUMBER, readNumber } from './fields.ts';
import type { FtraceHeader } from './ftrace-event.ts';

/** A header ends before this column: the longest has a task, a group, flags and a long time. */
const HEADER_MAX = 160;
const [SPACE, DASH, DOT, COLON, BRACKET] = [32, 45, 46, 58, 93];
const PID_MAX = 1 << 22;
const CPU_MAX = 1 << 16;
const MICROSECONDS = 6;
const NANOSECONDS = 9;

/** A header, where its processor stands, and where the rest of the line begins: an event, a colon, its fields. */
export interface HeaderFound extends FtraceHeader {
  readonly event: string;
  readonly open: number;
  readonly rest: number;
}

/**
 * `task-pid [(tgid)] [cpu] [flags] time: event:`. Names of tasks hold anything, headers too; who
 * reads a line says with `from` that what was found before was none.
 */
export function findHeader(line: string, from: number): HeaderFound | null {
  for (let at = line.indexOf('[', from); at >= 0; at = line.indexOf('[', at + 1)) {
    if (at > HEADER_MAX) return null;
    const found = headerAt(line, at);
    if (found !== null) return found;
  }
  return null;
}

function headerAt(line: string, open: number): HeaderFound | null {
  const close = skipDigits(line, open + 1);
  if (line.charCodeAt(close) !== BRACKET || line.charCodeAt(close + 1) !== SPACE) return null;
  const cpu = readNumber(line, { start: open + 1, end: close, max: CPU_MAX });
  const clock = readClock(line, skipSpaces(line, close + 1));
  if (cpu === NO_NUMBER || clock === null) return null;
  const owner = readOwner(line, open);
  if (owner === null) return null;
  const start = skipSpaces(line, clock.end);
  const colon = line.indexOf(':', start);
  if (colon <= start || colon > HEADER_MAX * 2) return null;
  return {
    task: owner.task,
    pid: owner.pid,
    cpu,
    time: clock.time,
    hasSeconds: clock.hasSeconds,
    event: line.slice(start, colon),
    open,
    rest: colon + 1,
  };
}

interface Clock {
  readonly time: number;
  readonly hasSeconds: boolean;
  readonly end: number;
}

/** The time, with or without the flags of interrupts and preemption before it. */
function readClock(line: string, start: number): Clock | null {
  const clock = readTime(line, start);
  if (clock !== null) return clock;
  const space = line.indexOf(' ', start);
  return space < 0 || space > HEADER_MAX ? null : readTime(line, skipSpaces(line, space));
}

/** `seconds.fraction:`, or the ticks of a clock that counts something else. */
function readTime(line: string, start: number): Clock | null {
  const dot = skipDigits(line, start);
  const whole = readNumber(line, { start, end: dot, max: Number.MAX_SAFE_INTEGER });
  if (whole === NO_NUMBER) return null;
  if (line.charCodeAt(dot) === COLON) return { time: whole, hasSeconds: false, end: dot + 1 };
  if (line.charCodeAt(dot) !== DOT) return null;
  const end = skipDigits(line, dot + 1);
  const digits = end - dot - 1;
  const fraction = readNumber(line, { start: dot + 1, end });
  if (fraction === NO_NUMBER || line.charCodeAt(end) !== COLON) return null;
  if (digits !== MICROSECONDS && digits !== NANOSECONDS) return null;
  const micros = digits === MICROSECONDS ? fraction : fraction / 1000;
  return { time: whole * 1_000_000 + micros, hasSeconds: true, end: end + 1 };
}

/** `task-pid`, with or without `(tgid)` behind it; dashes and blanks may be part of the name. */
function readOwner(line: string, end: number): { task: string; pid: number } | null {
  let at = skipBack(line, end);
  if (line[at - 1] === ')') {
    const open = line.lastIndexOf('(', at);
    if (open < 0) return null;
    at = skipBack(line, open);
  }
  let start = at;
  while (start > 0 && isDigit(line.charCodeAt(start - 1))) start -= 1;
  const pid = readNumber(line, { start, end: at, max: PID_MAX });
  if (pid === NO_NUMBER || line.charCodeAt(start - 1) !== DASH) return null;
  return { task: line.slice(skipSpaces(line, 0), start - 1), pid };
}

function skipDigits(line: string, from: number): number {
  let at = from;
  while (isDigit(line.charCodeAt(at))) at += 1;
  return at;
}

function skipSpaces(line: string, from: number): number {
  let at = from;
  while (line.charCodeAt(at) === SPACE) at += 1;
  return at;
}

function skipBack(line: string, from: number): number {
  let at = from;
  while (at > 0 && line.charCodeAt(at - 1) === SPACE) at -= 1;
  return at;
}
