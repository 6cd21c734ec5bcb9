import type {
  CodeFlow,
  LogicalLocation,
  MultiformatMessageString,
  PhysicalLocation,
  ThreadFlowLocation,
} from 'sarif';

import type { Trace, TraceChange } from '../trace.ts';
import type { Kept } from './results.ts';
import { type Row, tableOf } from './rows.ts';
import { artifact, physical } from './sarif-place.ts';

/**
 * A counterexample as one thread flow in the order of the run. SARIF could give each task a flow of
 * its own, but then no viewer shows how they interleave, which is all that matters here; so each
 * location says whose step it is.
 */
export function codeFlowOf(kept: Kept): CodeFlow {
  const flow = new Flow(kept);
  return {
    message: { text: `${kept.trace.program.name}: the tasks in the order in which they ran` },
    threadFlows: [{ locations: flow.locations() }],
  };
}

class Flow {
  private readonly trace: Trace;
  private readonly kept: Kept;
  private readonly ops: ReadonlyMap<string, string>;
  private readonly deciding: number | null;

  constructor(kept: Kept) {
    this.kept = kept;
    this.trace = kept.trace;
    this.ops = new Map(this.trace.calls.map(({ task, call, op }) => [callKey(task, call), op]));
    this.deciding = this.trace.verdict.deciding;
  }

  locations(): ThreadFlowLocation[] {
    const { lanes, rows } = tableOf(this.trace);
    return rows.map((row, index) => {
      const task = 'lane' in row ? (lanes[row.lane]?.name ?? null) : null;
      return {
        executionOrder: index + 1,
        importance: this.importance(row),
        ...kindsOf(row),
        location: {
          message: { text: task === null ? row.text : `${task}: ${this.text(row)}` },
          physicalLocation: this.place(stepBeside(rows, index)),
          logicalLocations: [...taskLocation(task), ...objectLocation(row)],
        },
        ...(row.kind === 'step' && row.changes.length > 0 ? { state: stateOf(row.changes) } : {}),
      };
    });
  }

  private importance(row: Row): NonNullable<ThreadFlowLocation['importance']> {
    if (row.kind === 'violation') return 'essential';
    if (row.kind === 'fold') return 'unimportant';
    if (row.kind !== 'step') return 'important';
    if (row.isParting || row.number === this.deciding) return 'essential';
    return row.changes.length > 0 ? 'important' : 'unimportant';
  }

  private text(row: Row): string {
    if (row.kind !== 'step') return row.text;
    const changes = row.changes.map(({ field, from, to }) => `${field}: ${from} → ${to}`);
    const parting = row.isParting ? ['model and implementation part here'] : [];
    const deciding = row.number === this.deciding ? ['the deciding choice'] : [];
    const notes = row.note === null ? [] : [row.note];
    return [row.text, ...changes, ...notes, ...parting, ...deciding].join('; ');
  }

  /** The function of the call, where it is known; else the trace is all that there is to look at. */
  private place(row: Row | undefined): PhysicalLocation {
    const step = row?.kind === 'step' ? this.trace.steps[row.number - 1] : undefined;
    const op = step === undefined ? undefined : this.ops.get(callKey(step.task, step.call));
    const place = op === undefined ? undefined : this.kept.places.get(op);
    return place === undefined ? { artifactLocation: artifact(this.kept.file) } : physical(place);
  }
}

/** A call begins right above its first step, and returns right below its last one. */
function stepBeside(rows: readonly Row[], index: number): Row | undefined {
  const row = rows[index];
  if (row?.kind === 'begin') return rows[index + 1];
  return row?.kind === 'return' ? rows[index - 1] : row;
}

function callKey(task: string, call: number | null): string {
  return `${call} ${task}`;
}

function kindsOf(row: Row): Pick<ThreadFlowLocation, 'kinds'> {
  switch (row.kind) {
    case 'begin':
      return { kinds: ['call', 'function'] };
    case 'return':
      return { kinds: ['return', 'function'] };
    case 'violation':
      return { kinds: ['danger'] };
    case 'step':
    case 'switch':
    case 'fold':
      return {};
  }
}

function taskLocation(task: string | null): LogicalLocation[] {
  return task === null ? [] : [{ name: task, kind: 'task' }];
}

/** The last word of an access names what it touches. */
function objectLocation(row: Row): LogicalLocation[] {
  const field = row.kind === 'step' ? /\s(\S+)$/.exec(row.text)?.[1] : undefined;
  if (field === undefined) return [];
  return [{ name: field.split('.')[0] ?? field, fullyQualifiedName: field, kind: 'object' }];
}

function stateOf(changes: readonly TraceChange[]): Record<string, MultiformatMessageString> {
  return Object.fromEntries(changes.map(({ field, to }) => [field, { text: to }]));
}
