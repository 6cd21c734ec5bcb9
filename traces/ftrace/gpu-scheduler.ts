import type { Tracepoint } from '../../model/events.ts';
import { fenceName, fieldBehind, NO_NUMBER, numberBehind, readLow32 } from './fields.ts';
import type { DependencyLogEvent, JobLogEvent } from './ftrace-event.ts';

/** What `%p` prints before the kernel has random numbers: all pointers look like this. */
const NO_POINTER = '(____ptrval____)';

/** A job is queued or run: `[dev=…, ][entity=…, id=…, ]fence=…, ring=…, job count:…`. */
export function parseJob(
  step: 'queue' | 'run',
): (name: Tracepoint, text: string) => JobLogEvent | null {
  return (name, text) => {
    const key = fieldBehind(text, 'fence=');
    const ring = fieldBehind(text, 'ring=');
    if (key === null || ring === null || key === NO_POINTER) return null;
    const fence = fenceName(key);
    if (fence !== null) {
      const { context, seqno } = fence;
      return { kind: 'job', name, step, key, alias: null, entity: `${context}`, ring, seqno };
    }
    const id = fieldBehind(text, 'id=');
    const alias = id === null ? null : aliasOf(ring, id);
    const entity = fieldBehind(text, 'entity=');
    return { kind: 'job', name, step, key, alias, entity, ring, seqno: null };
  };
}

/** The hardware is done with a job: `fence=… signaled`. */
export function parseJobDone(name: Tracepoint, text: string): JobLogEvent | null {
  const [, key] = /^fence=(\S+) signaled$/.exec(text) ?? [];
  if (key === undefined || key === NO_POINTER) return null;
  const seqno = fenceName(key)?.seqno ?? null;
  return { kind: 'job', name, step: 'done', key, alias: null, entity: null, ring: '', seqno };
}

/** `job ring=…, id=…, depends fence=…, context=…, seq=…`, before Linux 6.17. */
export function parseWaitDependency(name: Tracepoint, text: string): DependencyLogEvent | null {
  const ring = fieldBehind(text, 'ring=');
  const id = fieldBehind(text, 'id=');
  const context = readLow32(fieldBehind(text, 'context=') ?? '');
  const seqno = numberBehind(text, 'seq=');
  if (ring === null || id === null || context === NO_NUMBER || seqno === NO_NUMBER) return null;
  return { kind: 'dependency', name, job: aliasOf(ring, id), context, seqno };
}

/** `fence=… depends on [unsignalled ]fence=…`. */
export function parseDependency(name: Tracepoint, text: string): DependencyLogEvent | null {
  const words = text.split(' ', 6);
  const [first = '', ...others] = words;
  const last = others.at(-1) ?? '';
  const job = fieldBehind(first, 'fence=');
  const fence = fenceName(fieldBehind(last, 'fence='));
  if (job === null || fence === null || !others.includes('depends')) return null;
  return { kind: 'dependency', name, job, ...fence };
}

function aliasOf(ring: string, id: string): string {
  return `${ring} ${id}`;
}
