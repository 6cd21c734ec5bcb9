import type { Order } from '../../traces/explorer/order.ts';
import type { OfferedChoice, ProgramState, ShownFinding } from '../../traces/explorer/state.ts';
import { printableData } from '../../traces/printable.ts';
import { counted } from '../../traces/report/text.ts';
import type { Trace } from '../../traces/trace.ts';
import { viewOf } from '../../traces/viewer/view-of.ts';
import { AllocationAccess } from '../../impl/kernel/memory.ts';
import type { Task } from '../../impl/kernel/task.ts';
import { INTACT } from '../../impl/stack.ts';
import type { Fault } from '../faults/fault.ts';
import { writeDown } from '../check/explain-failure.ts';
import { typesWith, verdictFor } from '../check/found.ts';
import { SINGLE_RUN_JUDGES } from '../judges/standard.ts';
import { results } from '../litmus/observables.ts';
import { ProgramError } from '../programs/operation.ts';
import type { Program } from '../programs/program.ts';
import type { Finding } from '../run/finding.ts';
import type { Run } from '../run/run.ts';
import { seenOf } from '../viewer/seen-of.ts';
import { drawOnce } from './draw-once.ts';
import { type Kept, WrongOrder } from './explorer.ts';
import { findFrom } from './find-from.ts';
import { litmusText } from './litmus-text.ts';
import { type Outlook, outlookFrom } from './outlook.ts';
import { PartialRun } from './partial-trace.ts';
import { finish, movesOf, type Scene, started, step, walk } from './walk.ts';
import { WayExplorer } from './way-explorer.ts';

export interface ProgramExplorerOptions {
  readonly program: Program;
  readonly fault: Fault | null;
  /** Where the code of a trace's operations is; see `ViewOptions`. */
  readonly placesOf?: (trace: Trace) => ReadonlyMap<string, string>;
}

/** Claims of the program's author count from the beginning. */
const WITH_CLAIMS = 'property';

/**
 * A program whose next step somebody chooses. Runs are deterministic and cannot be taken back, so
 * whoever goes back, or wants to know how it would go on, makes the same steps in a fresh one.
 */
export class ProgramExplorer extends WayExplorer<number> {
  private readonly options: ProgramExplorerOptions;
  private readonly scene: Scene;
  private readonly draw = drawOnce();
  /** What is shown; nothing but the steps of the path is made in it. */
  private readonly run: PartialRun;
  /** From where we are. */
  private outlook: Outlook;

  /** @throws {ProgramError} when the program cannot run at all */
  constructor(options: ProgramExplorerOptions) {
    super({ unit: 'step', start: 'Nothing has run yet.' });
    this.options = options;
    const { program, fault } = options;
    this.scene = {
      program,
      types: typesWith(fault),
      judges: SINGLE_RUN_JUDGES,
      verdict: verdictFor(program, WITH_CLAIMS),
      faultId: fault?.id ?? null,
    };
    this.outlook = outlookFrom(this.scene, []);
    this.run = new PartialRun(this.scene);
  }

  override async state(): Promise<ProgramState> {
    const { program } = this.scene;
    const { position, said } = this;
    const { broken, later, ...end } = this.outlook;
    const { trace, watch } = this.run.traceAt(this.path, broken[0] ?? null);
    // Everything is read before anybody is waited for: an order may come in between.
    const rest = {
      known: this.way.length,
      choices: this.offered(),
      broken: broken.map(shown),
      tasks: program.tasks.map(({ name }) => name),
      plainEnd: { ...end, findings: later.map(shown) },
    };
    const view = await viewOf(printableData(trace), {
      seen: seenOf(watch),
      notices: [],
      places: this.options.placesOf?.(trace) ?? new Map(),
      command: null,
      draw: this.draw,
    });
    return printableData({
      kind: 'program',
      title: program.name,
      ...{ position, said, view },
      ...rest,
    });
  }

  /** It may be what a program cannot do: to name what an earlier call has not made. */
  protected override obey(order: Order): Kept | null {
    try {
      const kept = super.obey(order);
      this.outlook = outlookFrom(this.scene, this.path);
      return kept;
    } catch (error) {
      throw error instanceof ProgramError ? new WrongOrder(error.message) : error;
    }
  }

  /** A run that stands where we are, ready for the next step. */
  private here(): Run {
    const run = started(this.scene);
    walk(run, this.path);
    return run;
  }

  private offered(): readonly OfferedChoice[] {
    const { world } = this.run.at(this.path);
    const count = world.crashed ? 0 : world.enumerate();
    const [first] = world.choiceTasks;
    return world.choiceTasks.slice(0, count).map((task, index) => {
      const alternative = world.choiceAlternatives[index] ?? 0;
      const outcome = alternative === 0 ? '' : ` (outcome ${alternative})`;
      const isSame = task === world.current;
      const left = first === world.current ? `preempts ${world.current.name}` : '';
      const special = alternative === 0 ? [] : [specialNote(task)];
      return {
        who: task.name,
        text: `${task.pending?.label ?? 'goes on'}${outcome}`,
        note: [isSame ? 'goes on' : left, ...special].filter((one) => one !== '').join(', '),
      };
    });
  }

  protected override choose(choice: number): void {
    const chosen = this.offered()[choice];
    if (chosen === undefined) throw new WrongOrder(`there is no choice ${choice} here`);
    // What is known goes on as it was, if it went on like this.
    if (this.way[this.position] !== choice) this.way = [...this.path, choice];
    this.position += 1;
    this.said = `Step ${this.position}: ${chosen.who}: ${chosen.text}.`;
  }

  /** Goes on with nothing special, to the next moment at which `name` runs and another one could. */
  protected override goToPreemption(name: string): void {
    if (!this.scene.program.tasks.some((task) => task.name === name)) {
      throw new WrongOrder(`there is no task ${name}`);
    }
    const run = this.here();
    const { world } = run;
    const moves = [...this.path];
    for (;;) {
      if (!step(run, () => 0)) {
        this.said = `Nothing can preempt ${name} any more, if nothing special happens.`;
        return;
      }
      moves.push(0);
      const count = world.crashed ? 0 : world.enumerate();
      const isRunning = world.current.name === name && world.choiceTasks[0] === world.current;
      const others = world.choiceTasks.slice(0, count).filter((task) => task !== world.current);
      if (isRunning && others.length > 0) break;
    }
    this.way = moves;
    this.position = moves.length;
    const steps = counted(moves.length, 'step');
    this.said = `After ${steps}, ${name} can go on, and another one can preempt it.`;
  }

  protected override find(): void {
    const { choices, finding, runs, bounds } = findFrom(this.scene, this.path);
    if (choices === null || finding === null) {
      this.said = `No violation from here within these bounds: ${counted(runs, 'run')}; ${bounds}.`;
      return;
    }
    this.way = movesOf(this.scene, choices);
    const at = finding.step ?? this.way.length;
    this.position = Math.min(Math.max(at, this.position), this.way.length);
    this.said =
      `A violation after ${counted(runs, 'run')}: ${nameOf(finding)}, ${finding.message}. ` +
      `This is step ${this.position} of ${this.way.length}.`;
  }

  protected override save(as: 'trace' | 'litmus'): Kept {
    return as === 'trace' ? this.trace() : this.litmus();
  }

  /** The run goes on to its end with nothing special, as a replay does. */
  private trace(): Kept {
    const { program, types, verdict, faultId } = this.scene;
    const { broken, later } = this.outlook;
    const [finding] = [...broken, ...later];
    if (finding === undefined) {
      throw new WrongOrder(
        'nothing is wrong in this run, so it is no counterexample; save it as a litmus program',
      );
    }
    const stage = { types, verdict, faultId, baseline: faultId === null ? null : INTACT };
    const { choices } = this.here();
    const bounds = 'driven by hand';
    return { kind: 'trace', trace: writeDown(stage, { program, choices, finding, bounds }) };
  }

  private litmus(): Kept {
    const { program } = this.scene;
    const moves = this.path;
    const { broken, later } = this.outlook;
    const rules = [...broken, ...later].flatMap((finding) => finding.rules);
    const run = this.here();
    const { trace } = this.run.traceAt(moves, null);
    const turns = turnsOf(trace.steps.map(({ task }) => task));
    finish(run);
    const text = litmusText({
      ...{ program, outcome: results(run), rules: [...new Set(rules)] },
      why: `driven by hand: ${turns || 'no step'}, then nothing special`,
    });
    return { kind: 'text', name: program.name, text };
  }
}

/** What nature does where it does something special. */
function specialNote({ pending, world, name }: Task): string {
  if (pending instanceof AllocationAccess) return 'the allocation fails';
  const isWhim = world.whims.some(({ lane }) => lane.name === name);
  return isWhim ? 'nature acts' : 'another outcome than the plain one';
}

function shown(finding: Finding): ShownFinding {
  const { message, step: at } = finding;
  return { name: nameOf(finding), message, step: at };
}

function nameOf({ rules, judge }: Finding): string {
  return rules.length === 0 ? judge : rules.join(', ');
}

/** `A 3 steps, B 5 steps`. */
function turnsOf(tasks: readonly string[]): string {
  const turns: { task: string; steps: number }[] = [];
  for (const task of tasks) {
    const last = turns.at(-1);
    if (last?.task === task) last.steps += 1;
    else turns.push({ task, steps: 1 });
  }
  return turns.map(({ task, steps }) => `${task} ${counted(steps, 'step')}`).join(', ');
}
