// Adds up the JSON reports of several vitest runs, as the last line of .ci/run.
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
for (const file of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  // A file that does not load, or whose preparation fails, has no failed tests, so it counts itself.
  failed += report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  ).length;
}
console.log(`${passed} passed, ${failed} failed`);
