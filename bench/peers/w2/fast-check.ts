import { printRate } from '../fast-check.ts';
import { scheduled } from './scheduled.ts';
import { w2SizeOf } from './size.ts';

/** Random runs of a size under fast-check's own scheduler. */
await printRate(scheduled(w2SizeOf(process.argv[2] ?? '')));
