import { formatTrace } from '../write.ts';
import type { Format } from './format.ts';

/** The form in which traces are kept. What it says is what was read, to the last character. */
export const OWN: Format = {
  name: 'trace',
  shows: 'dmabuf-verify itself, and whatever reads traces/trace.schema.json',
  write: ({ trace }) => formatTrace(trace),
};
