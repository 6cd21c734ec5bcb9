import type { Draft, DraftTask, DrawnAction } from './draft.ts';
import type { Pick } from './pick.ts';

const FLAGS = ['none', 'submit', 'available', 'all+submit', 'all'] as const;
const POINTS = ['0', '1', '2', '3'] as const;
/** Unit: jiffies. Somebody may always reset an object again, so nobody waits without a limit. */
const TIMEOUTS = ['0', '3'] as const;

/** A call about an object of the program. */
function onSyncobj(
  name: string,
  line: (syncobj: string, draft: Draft, task: DraftTask, pick: Pick) => string,
): DrawnAction {
  return {
    name,
    sleeps: true,
    draw: (draft, task, pick) => {
      const syncobj = pick.of(draft.syncobjs);
      if (syncobj !== undefined) task.calls.push(line(syncobj, draft, task, pick));
    },
  };
}

/** What drivers do with the fences in synchronisation objects. */
export const FENCE_SLOT_ACTIONS: readonly DrawnAction[] = [
  onSyncobj('install a fence', (syncobj, draft, task, pick) => {
    const fence = task.use(pick.of(draft.fences)?.name ?? 'f0');
    return `syncobj.replace(${syncobj}, ${fence})`;
  }),
  onSyncobj('add a point', (syncobj, draft, task, pick) => {
    const leaves = draft.fences.filter(({ isLeaf }) => isLeaf);
    const fence = task.use(pick.of(leaves)?.name ?? 'f0');
    return `syncobj.addPoint(${syncobj}, ${fence}, ${pick.of(POINTS) ?? '0'})`;
  }),
  onSyncobj('wait for an object', (syncobj, _draft, _task, pick) => {
    const point = pick.of(POINTS) ?? '0';
    const rest = `flags: ${pick.of(FLAGS) ?? 'none'}, timeout: ${pick.of(TIMEOUTS) ?? '0'}`;
    return `syncobj.wait([${syncobj}], points: [${point}], ${rest})`;
  }),
  onSyncobj('reset an object', (syncobj) => `syncobj.replace(${syncobj})`),
  onSyncobj('signal an object', (syncobj) => `syncobj.signal(${syncobj})`),
  onSyncobj('query an object', (syncobj, _draft, _task, pick) => {
    return `syncobj.query(${syncobj}, ${pick.below(2) === 1})`;
  }),
];
