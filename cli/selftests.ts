import process from 'node:process';

import type { Command } from 'commander';

import { allSelftests } from '../properties/selftests/registry.ts';
import { printable } from '../traces/printable.ts';
import { EXIT } from './exit.ts';
import { print } from './output.ts';
import { createProgress } from './progress.ts';

/** `selftests`: the kernel's own suites, run here. */
export function addSelftests(program: Command): void {
  program
    .command('selftests')
    .description("run the kernel's own test scenarios")
    .option('--full', 'stress scenarios at the size of the original, which takes long')
    .action(({ full }: { readonly full?: boolean }) => {
      const progress = createProgress(process.stderr);
      let failed = 0;
      const selftests = allSelftests(full === true);
      for (const selftest of selftests) {
        const { id, title, scale } = selftest;
        progress.show(`${id} ${title}`);
        const { failure, steps } = selftest.run();
        progress.end();
        if (failure !== null) failed += 1;
        const verdict = failure === null ? ' pass ' : ' FAIL ';
        print(`${verdict} ${id}  ${title}  (${scale}, ${steps} steps)`);
        if (failure !== null) print(`       ${printable(failure)}`);
      }
      print(`${selftests.length - failed} of ${selftests.length} scenarios pass`);
      process.exitCode = failed === 0 ? EXIT.nothing : EXIT.broken;
    });
}
