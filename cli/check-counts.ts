import type { CheckReport, Reproduced, SystemReport } from '../properties/check/report.ts';
import type { Result } from '../traces/report/results.ts';

/**
 * What stages only count, a result each. One that is not complete is left out here: what is wrong
 * with it stands among the findings, and what it left out among the partial results.
 */
export function countedResults(report: CheckReport): Result[] {
  const { litmus, scenarios, paths, recordings, faults, matrix } = report;
  const memory = litmus.memory;
  return [
    ...whole('litmus', 'litmus programs end in exactly the ways that are listed', litmus),
    ...(memory === null
      ? []
      : [
          ...whole('memory', 'programs about memory, under sc', memory.sc),
          ...whole('memory', 'programs about memory, under tso', memory.tso),
          ...whole('memory', 'litmus programs end in the same ways under tso', memory.windows),
        ]),
    ...parts('scenarios', 'scenarios hold', scenarios?.held, scenarios?.total),
    ...parts(
      'scenarios',
      'variants of scenarios break',
      scenarios?.variants?.broken,
      scenarios?.variants?.total,
    ),
    ...report.systems.flatMap(system),
    ...parts(
      'model',
      'transitions of the machines are walked by the code',
      paths?.walked,
      paths?.transitions,
    ),
    ...parts('recordings', 'recorded programs agree', recordings?.agreed, recordings?.programs),
    ...parts('faults', 'seeded faults are caught', faults?.caught, faults?.total),
    ...parts(
      'faults',
      'rows of the fault matrix are shown both ways',
      matrix?.shown,
      matrix?.total,
    ),
  ];
}

function whole(group: string, title: string, { reproduced, total }: Reproduced): Result[] {
  return parts(group, title, reproduced, total);
}

function parts(group: string, title: string, done?: number, total?: number): Result[] {
  if (done === undefined || total === undefined || total === 0 || done < total) return [];
  return [passed(group, title, `${done} of ${total}`)];
}

function system({ name, states, edges, depth, complete, properties }: SystemReport): Result[] {
  const isWhole = complete && properties.every(({ status }) => status === 'holds');
  if (!isWhole) return [];
  const id = name.startsWith('machine ') ? name : `system ${name}`;
  return [passed('model', id, `${states} states, ${edges} edges, depth ${depth}`)];
}

function passed(group: string, title: string, message: string): Result {
  const rest = { details: title, source: null, kept: null, place: null };
  return { id: title, group, status: 'passed', title, message, ...rest };
}
