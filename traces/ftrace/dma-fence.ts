import type { Tracepoint } from '../../model/events.ts';
import { NO_NUMBER, readNumber } from './fields.ts';
import type { FenceLogEvent } from './ftrace-event.ts';

const DRIVER = 'driver=';
const TIMELINE = ' timeline=';
const CONTEXT = ' context=';
const SEQNO = ' seqno=';

/** `driver=… timeline=… context=… seqno=…`; numbers are looked for from behind: names hold anything. */
export function parseFence(name: Tracepoint, text: string): FenceLogEvent | null {
  const seqnoAt = text.lastIndexOf(SEQNO);
  if (seqnoAt < 0 || !text.startsWith(DRIVER)) return null;
  const contextAt = text.lastIndexOf(CONTEXT, seqnoAt);
  const timelineAt = text.indexOf(TIMELINE);
  if (contextAt < 0 || timelineAt < 0 || timelineAt > contextAt) return null;
  const context = readNumber(text, { start: contextAt + CONTEXT.length, end: seqnoAt });
  const seqno = readNumber(text, { start: seqnoAt + SEQNO.length, end: text.length });
  if (context === NO_NUMBER || seqno === NO_NUMBER) return null;
  return {
    kind: 'fence',
    name,
    driver: text.slice(DRIVER.length, timelineAt),
    timeline: text.slice(timelineAt + TIMELINE.length, contextAt),
    context,
    seqno,
  };
}
