#!/usr/bin/env node
import process from 'node:process';

import { EXIT } from './exit.ts';
import { endWith, perform } from './program.ts';

/** Whoever reads our output may have read enough (`| head`). */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(process.exitCode ?? EXIT.nothing);
});
process.on('uncaughtException', (error) => {
  endWith(error);
  process.exit();
});

await perform(process.argv.slice(2));
