import type { PropertyReport, SystemReport } from '../model/systems/check-systems.ts';
import type { System } from '../model/systems/required/system.ts';
import { printable } from '../traces/printable.ts';
import { counted } from '../traces/report/text.ts';
import { hanging, labelled, labelledList } from './labels.ts';

/** What of the options a report says again: it is how the bounds came about. */
export interface SearchedHow {
  readonly order: 'breadth' | 'depth';
  readonly memory: 'exact' | 'fingerprint' | 'bits';
  readonly symmetry?: boolean;
  readonly views?: boolean;
}

/** What a system consists of, and what could be left out of its search. */
export function describeSystem({ network, properties, ...rest }: System): string[] {
  const { always = [], sometimes = [], eventually = [] } = properties;
  const { symmetry = [], views = [], notes = [] } = rest;
  const claims = [
    `${count(always)} always`,
    `${count(sometimes)} sometimes`,
    `${eventually.length} eventually`,
  ];
  return [
    printable(network.name),
    ...labelled('parts', `${network.components.length} components, ${network.moves.length} moves`),
    ...labelled('claims', `${claims.join(', ')}, no dead end`),
    ...labelledList(
      'symmetry',
      symmetry.map(({ name }) => printable(name)),
    ),
    ...labelledList(
      'views',
      views.map(({ name }) => printable(name)),
    ),
    ...labelledList('note', notes.map(printable)),
  ];
}

/** A name stands for one claim per object. */
function count(claims: readonly { readonly name: string }[]): number {
  return new Set(claims.map(({ name }) => name)).size;
}

/** The report of one system. */
export function systemText(
  { network, symmetry = [], views = [] }: System,
  report: SystemReport,
  how: SearchedHow,
): string[] {
  const { states, edges, depth, ended, limits, notes, properties } = report;
  const size = `${network.components.length} components, ${network.moves.length} moves`;
  const found = [counted(states, 'state'), counted(edges, 'edge'), `depth ${depth}`];
  const none = [
    ...(how.symmetry === true && symmetry.length === 0 ? ['no symmetry is declared'] : []),
    ...(how.views === true && views.length === 0 ? ['no view is declared'] : []),
  ];
  return [
    printable(report.name),
    ...labelled('parts', size),
    ...labelled('found', found.join(', ')),
    ...labelled('bounds', boundsOf(how, ended, properties)),
    ...labelledList('partial', limits.map(printable)),
    ...labelledList('note', [...none, ...notes].map(printable)),
    ...properties.flatMap((property) => propertyText(property, how)),
    '',
  ];
}

function boundsOf(
  { order, memory }: SearchedHow,
  ended: boolean,
  properties: readonly PropertyReport[],
): string {
  const memories = {
    exact: 'exact memory',
    fingerprint: '64 bits of each state',
    bits: '3 bits of each state',
  };
  const isBroken = properties.some(
    ({ kind, status }) => status === 'violated' && (kind === 'always' || kind === 'deadlock'),
  );
  const rest = isBroken ? 'up to the first violation' : 'up to a limit';
  const all = memory === 'exact' ? 'every reachable state' : 'every state that was told apart';
  return `${order} first, ${memories[memory]}, ${ended ? all : rest}`;
}

/** Which property, and how it stands: `always     holds     a callback runs at most once`. */
function propertyText(property: PropertyReport, how: SearchedHow): string[] {
  const { kind, status, name, whenever, fair } = property;
  const from = whenever === null ? '' : `, whenever ${whenever}`;
  const groups = ['weak', 'strong'].flatMap((fairness) => {
    const of = fair.filter((one) => one.fairness === fairness).map(({ group }) => group);
    return of.length === 0 ? [] : [`${fairness}ly fair: ${of.join(', ')}`];
  });
  const rest = groups.length === 0 ? '' : ` (${groups.join('; ')})`;
  const label = status === 'violated' ? 'FAIL' : status;
  return [
    ...hanging(`  ${kind.padEnd(11)}${label.padEnd(8)} `, printable(`${name}${from}${rest}`)),
    ...(status === 'violated' ? counterexampleText(property, how) : []),
  ];
}

const INDENT = 12;

function counterexampleText({ counterexample, kind }: PropertyReport, how: SearchedHow): string[] {
  if (counterexample === null) {
    const why =
      kind === 'sometimes'
        ? 'every reachable state was searched, and it held in none'
        : `memory of ${how.memory} does not know the way to it; search again with exact memory`;
    return hanging(''.padEnd(INDENT), why);
  }
  const numbered = (moves: readonly string[], from: number): string[] =>
    moves.flatMap((move, index) =>
      hanging(
        ''.padEnd(INDENT) +
          String(from + index)
            .padStart(4)
            .concat('  '),
        printable(move),
      ),
    );
  const { moves } = counterexample;
  if ('states' in counterexample) {
    return [...numbered(moves, 1), ...stateText('end', counterexample.states.at(-1) ?? [])];
  }
  const { cycle, state } = counterexample;
  const round =
    cycle.length === 0
      ? hanging(''.padEnd(INDENT), 'and stays there: nobody has to go on')
      : [...hanging(''.padEnd(INDENT), 'and for ever again'), ...numbered(cycle, moves.length + 1)];
  return [...numbered(moves, 1), ...stateText('there', state), ...round];
}

function stateText(label: string, state: readonly string[]): string[] {
  return state.flatMap((part, index) =>
    hanging(''.padEnd(INDENT) + (index === 0 ? label : '').padEnd(6), printable(part)),
  );
}

/** The last lines: how many, and what that means. */
export function summary(reports: readonly SystemReport[]): string[] {
  const sum = (of: (report: SystemReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const properties = reports.flatMap((report) => report.properties);
  const broken = properties.filter(({ status }) => status === 'violated').length;
  const open = properties.filter(({ status }) => status === 'partial').length;
  const bounds = [
    counted(reports.length, 'system'),
    counted(
      sum(({ states }) => states),
      'state',
    ),
    counted(
      sum(({ edges }) => edges),
      'edge',
    ),
    counted(properties.length, 'property').replace(/propertys$/, 'properties'),
    ...(open === 0 ? [] : [`${open} not decided`]),
  ].join(', ');
  if (broken > 0) return [`${counted(broken, 'violation')} in ${bounds}`];
  return [`no violation within these bounds: ${bounds}`];
}
