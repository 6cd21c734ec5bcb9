import type { Tracepoint } from '../../model/events.ts';
import { NO_NUMBER, readNumber } from './fields.ts';
import type { TimelineLogEvent } from './ftrace-event.ts';

const NAME = 'name=';
const VALUE = ' value=';
const INT_MAX = 0x7fffffff;

/** `name=… value=…`; the value is printed with a sign, which it does not have. */
export function parseTimeline(name: Tracepoint, text: string): TimelineLogEvent | null {
  const at = text.lastIndexOf(VALUE);
  if (at < 0 || !text.startsWith(NAME)) return null;
  const start = at + VALUE.length;
  const isNegative = text[start] === '-';
  const size = readNumber(text, {
    start: isNegative ? start + 1 : start,
    end: text.length,
    max: isNegative ? INT_MAX + 1 : INT_MAX,
  });
  if (size === NO_NUMBER) return null;
  const value = (isNegative ? -size : size) >>> 0;
  return { kind: 'timeline', name, timeline: text.slice(NAME.length, at), value };
}
