import { measureEngine } from './engine.ts';

/** Prints one line per figure, and its ratio to the bare loop where that says something. */
function main(): void {
  const figures = measureEngine();
  const ratio = (value: number): string => (value / figures.bareSteps).toFixed(3);
  const rows: readonly (readonly [string, number, string])[] = [
    ['bare generator loop, depth 8, steps/s', figures.bareSteps, '1.000'],
    ['engine, judges off, steps/s', figures.stepsWithoutJudges, ratio(figures.stepsWithoutJudges)],
    ['engine, all judges on, steps/s', figures.stepsWithJudges, ratio(figures.stepsWithJudges)],
    ['worlds made and set up per second', figures.worlds, ''],
    [`runs/s of ${figures.shortRunSteps.toFixed(1)} steps, judges off`, figures.shortRuns, ''],
    ['the same with all judges', figures.shortRunsWithJudges, ''],
  ];
  for (const [name, value, beside] of rows) {
    process.stdout.write(
      `${name.padEnd(46)} ${Math.round(value).toLocaleString('en')} ${beside}\n`,
    );
  }
}

main();
