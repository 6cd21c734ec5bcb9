import fc from 'fast-check';
import { program } from '../parse.ts';
import type { Program } from '../program.ts';
import { BUFFER_ACTIONS } from './buffer-actions.ts';
import { CONTAINER_ACTIONS } from './container-actions.ts';
import { CORE_ACTIONS } from './core-actions.ts';
import {
  type Draft,
  type DraftBuffer,
  type DraftFence,
  DraftTask,
  type DrawnAction,
} from './draft.ts';
import { FENCE_ACTIONS } from './fence-actions.ts';
import { FENCE_SLOT_ACTIONS } from './fence-slot-actions.ts';
import type { Genes } from './genes.ts';
import { Pick } from './pick.ts';
import { SYNC_ACTIONS } from './sync-actions.ts';

const ACTIONS: readonly DrawnAction[] = [...FENCE_ACTIONS, ...CORE_ACTIONS, ...CONTAINER_ACTIONS];

/** What can be drawn: more where there are timelines, buffers, or synchronisation objects. */
function actionsFor({ timelines, buffers, syncobjs }: Draft): readonly DrawnAction[] {
  return [
    ...ACTIONS,
    ...(timelines.length > 0 ? SYNC_ACTIONS : []),
    ...(buffers.length > 0 ? BUFFER_ACTIONS : []),
    ...(syncobjs.length > 0 ? FENCE_SLOT_ACTIONS : []),
  ];
}

/** Points of the set-up have values up to this one, so that the issuer can pass them. */
const POINT_MAX = 4;

export const TASKS_MAX = 4;
/** Unit: drawn numbers per task; a call uses two to five. */
const NUMBERS_MAX = 40;

/** What nature may do in a program's world. */
interface Nature {
  readonly failuresMax: number;
  readonly interruptionsMax: number;
}

/** The numbers from which a program is built. They shrink towards fewer and simpler calls. */
export interface Seeds {
  readonly shape: readonly number[];
  readonly tasks: readonly (readonly number[])[];
}

/** Programs with one to four tasks and perhaps an interrupt, mostly valid by construction. */
export function drawnProgram(): fc.Arbitrary<Program> {
  const number = fc.nat(255);
  const seeds: fc.Arbitrary<Seeds> = fc.record({
    shape: fc.array(number, { minLength: 16, maxLength: 32, size: 'max' }),
    tasks: fc.array(fc.array(number, { maxLength: NUMBERS_MAX, size: 'max' }), {
      minLength: 1,
      maxLength: TASKS_MAX,
      size: 'max',
    }),
  });
  return seeds.map(buildProgram);
}

/** Builds the program that the numbers stand for. */
export function buildProgram({ shape, tasks }: Seeds): Program {
  return build(shape, tasks.length, (draft, task, index) => {
    const pick = new Pick(tasks[index] ?? []);
    while (!pick.isEmpty) drawCall(draft, task, pick);
  });
}

/** The same, with a list of numbers for each call: what one of them draws shifts none behind it. */
export function buildFromGenes({ shape, tasks }: Genes): Program {
  return build(shape, tasks.length, (draft, task, index) => {
    for (const gene of tasks[index] ?? []) drawCall(draft, task, new Pick(gene));
  });
}

function build(
  numbers: readonly number[],
  tasks: number,
  fill: (draft: Draft, task: DraftTask, index: number) => void,
): Program {
  const shape = new Pick(numbers);
  const world = {
    time: shape.below(2) === 0 ? ('discrete' as const) : ('free' as const),
    failuresMax: shape.below(4) === 3 ? 1 : 0,
    interruptionsMax: shape.below(6) === 5 ? 1 : 0,
  };
  const draft = draftOf(tasks, shape, world);
  for (const [index, task] of draft.tasks.slice(0, tasks).entries()) fill(draft, task, index);
  const issuer = draft.tasks.at(-1);
  if (issuer !== undefined) finishAll(draft, issuer, shape);
  // The last decision, so that it changes nothing else of the program.
  const isLate = shape.below(4) === 3;
  return assemble(draft, isLate ? { ...world, memory: 'tso' } : world);
}

function draftOf(count: number, shape: Pick, world: Nature): Draft {
  const mayFail = world.failuresMax > 0;
  const isCalm = !mayFail && world.interruptionsMax === 0;
  const setup: string[] = [];
  const fences: DraftFence[] = [];
  const leaves = 1 + shape.below(3);
  for (let index = 0; index < leaves; index += 1) fences.push(draftLeaf(`f${index}`, setup, shape));
  if (shape.below(3) === 2) {
    const children = fences.map(({ name }) => name);
    for (const child of children) setup.push(`fence.get(${child})`);
    setup.push(`a0 = array.create([${children.join(', ')}], any: ${shape.below(2) === 1})`);
    if (!mayFail) {
      fences.push({ name: 'a0', isLeaf: false, hasHardware: false, isExclusive: false });
    }
  }
  const resvs: string[] = [];
  if (shape.below(3) === 2) {
    setup.push('r0 = resv.create(); r1 = resv.create()');
    resvs.push('r0', 'r1');
  }
  const slots: string[] = [];
  if (shape.below(3) === 2) {
    setup.push('fence.get(f0)', 'w0 = slot.create(f0)');
    slots.push('w0');
  }
  const names = ['A', 'B', 'C', 'D'];
  const tasks = names.slice(0, count).map((name) => new DraftTask(name, false));
  if (shape.below(3) === 2) tasks.splice(1, 0, new DraftTask('irq@A', true));
  tasks.push(new DraftTask('issuer', false));
  const files = draftFiles(setup, shape);
  const buffers = !mayFail && shape.below(3) === 2 ? draftBuffers(setup, resvs, shape) : [];
  if (!mayFail && shape.below(3) === 2) draftChain(setup, fences, shape);
  const syncobjs = !mayFail && shape.below(3) === 2 ? ['o0'] : [];
  for (const name of syncobjs) setup.push(`${name} = syncobj.create()`);
  return { fences, resvs, buffers, syncobjs, slots, ...files, tasks, setup, mayFail, isCalm };
}

/** Two nodes, the second of which tasks use; what they contain may be an array. */
function draftChain(setup: string[], fences: DraftFence[], shape: Pick): void {
  const contained = [shape.of(fences)?.name ?? 'f0', shape.of(fences)?.name ?? 'f0'];
  let prev = 'null';
  for (const [index, name] of contained.entries()) {
    const node = `k${index}`;
    setup.push(`fence.get(${name})`, `${node} = chain.create(${prev}, ${name}, ${index + 1})`);
    prev = node;
  }
  fences.push({ name: prev, isLeaf: false, isChain: true, hasHardware: false, isExclusive: false });
}

/** One or two buffers behind descriptors, whose reservations are as good as any other. */
function draftBuffers(setup: string[], resvs: string[], shape: Pick): readonly DraftBuffer[] {
  return Array.from({ length: 1 + shape.below(2) }, (_none, index) => {
    const [name, fd, resv] = [`b${index}`, `d${index}`, `rb${index}`];
    const isDynamic = shape.below(2) === 1;
    setup.push(
      `${name} = buf.export(dynamic: ${isDynamic})`,
      `${resv} = buf.resv(${name})`,
      `${fd} = buf.fd(${name})`,
    );
    resvs.push(resv);
    return { name, fd, resv, isDynamic };
  });
}

/** In every other program there are timelines, with points on them, and perhaps an epoll set. */
function draftFiles(
  setup: string[],
  shape: Pick,
): { timelines: readonly string[]; points: readonly string[]; sets: readonly string[] } {
  const timelines: string[] = [];
  const points: string[] = [];
  const sets: string[] = [];
  const count = shape.of([0, 1, 0, 2]) ?? 0;
  for (let index = 0; index < count; index += 1) {
    timelines.push(`t${index}`);
    points.push(`q${index}`);
    setup.push(`t${index} = sys.timeline()`);
    setup.push(`q${index} = sys.createFence(t${index}, ${1 + shape.below(POINT_MAX)})`);
  }
  if (count > 0 && shape.below(3) > 0) {
    sets.push('s0');
    setup.push('s0 = sys.epoll()');
  }
  return { timelines, points, sets };
}

function draftLeaf(name: string, setup: string[], shape: Pick): DraftFence {
  const enable = shape.of(['absent', 'armed', 'refuses', 'failing']) ?? 'absent';
  const hasHardware = shape.below(3) === 2;
  const signaled = hasHardware ? 'hardware' : 'absent';
  const deadline = shape.below(2) === 1;
  setup.push(
    `${name} = fence.create(enable: ${enable}, signaled: ${signaled}, deadline: ${deadline})`,
  );
  const completesItself = hasHardware || enable === 'refuses' || enable === 'failing';
  const isExclusive = !completesItself && shape.below(3) === 2;
  return { name, isLeaf: true, hasHardware, isExclusive };
}

function drawCall(draft: Draft, task: DraftTask, pick: Pick): void {
  const action = pick.of(
    actionsFor(draft).filter((candidate) => !task.isAtomic || !candidate.sleeps),
  );
  action?.draw(draft, task, pick);
}

/** Every fence is signaled in the end, by a task that never waits: so every wait must end. */
function finishAll(draft: Draft, issuer: DraftTask, shape: Pick): void {
  for (const fence of draft.fences) {
    if (!fence.isLeaf) continue;
    const name = issuer.use(fence.name);
    if (fence.hasHardware) issuer.calls.push(`hardware.finish(${name})`);
    if (fence.isExclusive && shape.below(2) === 1) issuer.calls.push(`fence.setError(${name}, -5)`);
    issuer.calls.push(`fence.signal(${name})`);
  }
  for (const timeline of draft.timelines) {
    const isClosed = shape.below(2) === 1;
    issuer.calls.push(isClosed ? `sys.close(${timeline})` : `sys.inc(${timeline}, ${POINT_MAX})`);
  }
}

/** About a task that makes no calls, and so does not exist. */
function isUnheard(call: string, draft: Draft): boolean {
  return draft.tasks.some(
    ({ name, calls }) =>
      calls.length === 0 && [`task.interrupt(${name})`, `task.wake(${name})`].includes(call),
  );
}

function assemble(draft: Draft, world: Partial<Program['world']>): Program {
  const references: string[] = [];
  for (const task of draft.tasks) {
    for (const name of task.references.keys()) references.push(`fence.get(${name})`);
  }
  const tasks: Record<string, string> = {};
  for (const task of draft.tasks) {
    if (task.calls.length === 0) continue;
    // Without a task A there is nobody to interrupt: the interrupt has a processor of its own.
    const name = task.name === 'irq@A' && tasks['A'] === undefined ? 'irq' : task.name;
    tasks[name] = task.calls.filter((call) => !isUnheard(call, draft)).join('\n');
  }
  return program('drawn', {
    world,
    setup: [...draft.setup, ...references].join('\n'),
    tasks,
  });
}
