import { measureEngine } from './engine.ts';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** Prints one line per figure, and what it is of the bare loop where that says something. */
function main(): void {
  const rates = measureEngine();
  const bare = rates[0]?.perCpuSecond ?? 1;
  for (const { name, perSecond, perCpuSecond } of rates) {
    const ratio = name.endsWith('steps') ? `  ${(perCpuSecond / bare).toFixed(3)}` : '';
    const [wall, cpu] = [whole.format(perSecond), whole.format(perCpuSecond)];
    console.log(`${name.padEnd(60)} ${wall.padStart(9)}/s ${cpu.padStart(9)}/s CPU${ratio}`);
  }
}

main();
