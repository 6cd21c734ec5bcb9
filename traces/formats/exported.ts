import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { readTraceFile } from '../read.ts';
import type { Trace } from '../trace.ts';
import type { Exported } from './format.ts';

// What formats get in their tests.

const places = new Map([['fence.addCallback', { file: 'impl/dma-buf/fence-signal.ts', line: 97 }]]);

/** A trace as it is handed to a format. */
export function exportedOf(trace: Trace): Exported {
  const about = { group: 'g', title: 't', details: 'd', source: null, place: null };
  return { trace, file: 'traces/found/x.json', places, about, expected: () => [] };
}

/** Traces are where the sources are, also when this runs from `dist`. */
const traces = fileURLToPath(new URL('..', import.meta.url)).replace(/dist[\\/](?=traces)/, '');

/** One of `traces/golden`, or of `traces/kept`. */
export function keptOf(name: string): Exported {
  return exportedOf(readTraceFile(join(traces, `${name}.json`)));
}
