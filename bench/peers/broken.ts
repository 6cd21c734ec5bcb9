import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { listing, preemptions } from '../../properties/explore/listing.ts';
import { shrinkSchedule } from '../../properties/explore/shrink-schedule.ts';
import type { Subject } from '../../properties/explore/subject.ts';
import type { BareExecution } from './bare-execution.ts';
import { type Body, firstFailure } from './fast-check.ts';
import { SEARCHES } from './first-failure.ts';
import { scheduled as scheduledW2 } from './w2/scheduled.ts';
import { w2Size } from './w2/size.ts';
import { W2Subject } from './w2/subject.ts';
import { scheduled as scheduledW3 } from './w3/scheduled.ts';
import { w3Size } from './w3/size.ts';
import { W3Subject } from './w3/subject.ts';

// How fast the seeded bugs of the workloads are found, and what they look like once they are small.

interface Broken {
  readonly name: string;
  readonly subject: Subject<BareExecution>;
  readonly body: Body;
}

const [w2, w3] = [w2Size(2, true, true), w3Size(3, 3, true)];
const BROKEN: readonly Broken[] = [
  { name: 'w2 k2', subject: new W2Subject(w2), body: scheduledW2(w2) },
  { name: 'w3 3x3', subject: new W3Subject(w3), body: scheduledW3(w3) },
];

const SEEDS = 21;
/** fast-check's own random search, beside the product's. */
const FAST_CHECK = 'fast-check';
const RUNS_MAX = 100_000;

interface Measured {
  readonly runs: number;
  readonly milliseconds: number;
}

async function find({ subject, body }: Broken, search: string, seed: number): Promise<Measured> {
  if (search !== FAST_CHECK) {
    const found = SEARCHES.find(({ name }) => name === search)?.find(subject, seed);
    if (found === undefined) throw new RangeError(`there is no search ${search}`);
    return found;
  }
  const found = await firstFailure(body, seed, RUNS_MAX);
  if (found === null) throw new Error('the bug was not found');
  return found;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** In a process of its own: the first search meets code that nothing has warmed up. */
async function measure(broken: Broken, search: string): Promise<string> {
  const found: Measured[] = [];
  for (let seed = 1; seed <= SEEDS; seed += 1) found.push(await find(broken, search, seed));
  const cold = found[0]?.milliseconds ?? 0;
  const times = found.map(({ milliseconds }) => milliseconds);
  const runs = found.map((each) => each.runs);
  return [
    broken.name.padEnd(8),
    search.padEnd(14),
    `${median(runs)} runs (at most ${Math.max(...runs)})`.padEnd(26),
    `${cold.toFixed(2)} ms cold, ${median(times).toFixed(3)} ms warm`,
  ].join('  ');
}

function show({ name, subject }: Broken): string {
  const found = SEARCHES[0]?.find(subject, 1).choices ?? [];
  const choices = shrinkSchedule(subject, found, ({ failure }) => failure !== null);
  const count = (list: readonly number[]): string => `${preemptions(subject, list)} preemptions`;
  return `\n${name}: ${count(found)} as found, ${count(choices)} shrunk\n${listing(subject, choices)}\n`;
}

async function main(): Promise<void> {
  const [, , name, search] = process.argv;
  if (name !== undefined && search !== undefined) {
    const broken = BROKEN.find((each) => each.name === name);
    if (broken === undefined) throw new RangeError(`there is no workload ${name}`);
    console.log(await measure(broken, search));
    return;
  }
  const script = fileURLToPath(import.meta.url);
  for (const broken of BROKEN) {
    for (const each of [...SEARCHES.map((known) => known.name), FAST_CHECK]) {
      spawnSync(process.execPath, [script, broken.name, each], { stdio: 'inherit' });
    }
    console.log(show(broken));
  }
}

await main();
