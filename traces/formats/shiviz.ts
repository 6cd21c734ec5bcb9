import { printableData } from '../printable.ts';
import { lanesOf } from '../report/rows.ts';
import type { Trace, TraceStep } from '../trace.ts';
import type { Format } from './format.ts';
import { ordersOf } from './order.ts';

/** How a line is read, which is what the first line of a log says. */
const LINE = '(?<host>\\S*) (?<clock>\\{[^}]*\\}) (?<event>.*)';

/** A log of ShiViz: each step with its task and its vector clock. */
export const SHIVIZ: Format = {
  name: 'shiviz',
  shows: 'ShiViz: which steps are ordered, and by what; each line has its vector clock',
  write: ({ trace }) => shivizLog(printableData(trace)),
};

function shivizLog(trace: Trace): string {
  const hosts = hostNames(lanesOf(trace).map(({ name }) => name));
  const clocks = clocksOf(trace);
  const lines = trace.steps.map((step, index) => {
    const clock = [...(clocks[index] ?? [])].map(([task, time]): [string, number] => [
      hosts.get(task) ?? task,
      time,
    ]);
    const host = hosts.get(step.task) ?? step.task;
    return `${host} ${JSON.stringify(Object.fromEntries(clock))} ${textOf(index + 1, step)}\n`;
  });
  // The second line would tell several runs apart.
  return `${LINE}\n\n${lines.join('')}`;
}

/** By step, how far its task knows each task to have come; a task's own steps count from 1. */
export function clocksOf(trace: Trace): readonly ReadonlyMap<string, number>[] {
  const known = new Map<number, number[]>();
  for (const { from, to } of ordersOf(trace)) known.set(to, [...(known.get(to) ?? []), from]);
  const clocks: Map<string, number>[] = [];
  const last = new Map<string, Map<string, number>>();
  for (const [index, { task }] of trace.steps.entries()) {
    const clock = new Map(last.get(task));
    for (const from of known.get(index + 1) ?? []) {
      for (const [other, time] of clocks[from - 1] ?? []) {
        clock.set(other, Math.max(time, clock.get(other) ?? 0));
      }
    }
    clock.set(task, (clock.get(task) ?? 0) + 1);
    clocks.push(clock);
    last.set(task, clock);
  }
  return clocks;
}

/** Names without spaces, which no name of an object means already; each only once. */
function hostNames(tasks: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const task of tasks) {
    const plain = `${/^\d|^_/.test(task) ? 'task-' : ''}${task.replaceAll(/[^\w.-]+/g, '-')}`;
    let name = plain;
    for (let copy = 2; taken.has(name); copy += 1) name = `${plain}-${copy}`;
    taken.add(name);
    names.set(task, name);
  }
  return names;
}

function textOf(number: number, { access, changes }: TraceStep): string {
  const parts = changes.map(({ field, from, to }) => `${field}: ${from} → ${to}`);
  return [`${number} ${access}`, ...parts].join('; ');
}
