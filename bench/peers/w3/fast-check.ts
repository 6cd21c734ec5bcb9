import { printRate } from '../fast-check.ts';
import { scheduled } from './scheduled.ts';
import { w3SizeOf } from './size.ts';

/** Random runs of a size under fast-check's own scheduler. */
await printRate(scheduled(w3SizeOf(process.argv[2] ?? '')));
