import type { Draft, DraftBuffer, DraftTask, DrawnAction } from './draft.ts';
import type { Pick } from './pick.ts';

const DIRECTIONS = ['BIDIRECTIONAL', 'TO_DEVICE', 'FROM_DEVICE', 'NONE'] as const;
const EVENTS = ['in', 'out', 'in+out', 'none'] as const;

/** Some of them are no valid flags. */
const FLAGS = ['read', 'write', 'read+write', 'none', 'read+end', 'write+end', 'end', '8'] as const;

/** Unit: milliseconds. */
const TIMEOUTS = ['0', '3'] as const;

/** Calls that belong together, about one buffer of the set-up. */
function about(
  name: string,
  lines: (buffer: DraftBuffer, pick: Pick, task: DraftTask) => readonly string[],
): DrawnAction {
  return {
    name,
    sleeps: true,
    draw: (draft, task, pick) => {
      const buffer = pick.of(draft.buffers);
      if (buffer !== undefined) task.calls.push(...lines(buffer, pick, task));
    },
  };
}

/** The same, where a call that fails leaves nothing to go on with. */
function calm(
  name: string,
  lines: (buffer: DraftBuffer, pick: Pick, task: DraftTask) => readonly string[],
): DrawnAction {
  const action = about(name, lines);
  return {
    ...action,
    draw: (draft: Draft, task, pick) => {
      if (draft.isCalm) action.draw(draft, task, pick);
    },
  };
}

function direction(pick: Pick): string {
  return pick.of(DIRECTIONS) ?? 'BIDIRECTIONAL';
}

/** A device that maps a few times and goes; one that cannot follow moves may have to wait. */
function device(kind: 'static' | 'dynamic'): typeof request {
  return ({ name }, pick, task) => {
    const attachment = task.fresh('at');
    const way = direction(pick);
    const uses = Array.from({ length: pick.below(3) }, () => {
      const table = task.fresh('sg');
      return [
        `${table} = attach.mapUnlocked(${attachment}, ${way})`,
        `attach.unmapUnlocked(${attachment}, ${table}, ${way})`,
      ];
    });
    return [
      `${attachment} = attach.${kind}(${name}, gpu)`,
      ...uses.flat(),
      `attach.detach(${name}, ${attachment})`,
    ];
  };
}

/** A request of the file; now and then its argument cannot be read, or not be written. */
function request({ fd }: DraftBuffer, pick: Pick, task: DraftTask): readonly string[] {
  const flags = pick.of(FLAGS) ?? 'read';
  const kind = pick.below(12);
  const memory = kind === 11 ? ', memory: bad' : '';
  if (kind < 3) return [`dmabuf.sync(${fd}, ${flags}${memory})`];
  if (kind < 5) return [`dmabuf.setName(${fd}, length: ${pick.below(40)}${memory})`];
  if (kind < 6) return [`sys.fdinfo(${fd})`];
  const own = pick.of(task.descriptors);
  if (kind < 9 && own !== undefined) {
    return [`dmabuf.importSyncFile(${fd}, ${own}, ${flags}${memory})`];
  }
  const file = task.fresh('fd');
  task.descriptors.push(file);
  return [`${file} = dmabuf.exportSyncFile(${fd}, ${flags}${memory})`];
}

/** What drivers and processes do with buffers. */
export const BUFFER_ACTIONS: readonly DrawnAction[] = [
  calm('a device', device('static')),
  calm('an importer', device('dynamic')),
  calm('a kernel mapping', ({ name }, _pick, task) => {
    const mapping = task.fresh('vm');
    return [`${mapping} = buf.vmapUnlocked(${name})`, `buf.vunmapUnlocked(${name}, ${mapping})`];
  }),
  about('CPU access', ({ name }, pick) => {
    const way = direction(pick);
    return [`buf.begin(${name}, ${way})`, `buf.end(${name}, ${way})`];
  }),
  about('a move', ({ name, resv, isDynamic }) =>
    isDynamic ? [`resv.lock(${resv})`, `buf.moveNotify(${name})`, `resv.unlock(${resv})`] : [],
  ),
  about('a poll', ({ fd }, pick) => [
    `sys.poll(${fd}, ${pick.of(EVENTS) ?? 'in'}, timeout: ${pick.of(TIMEOUTS) ?? '0'})`,
  ]),
  calm('a reference of the kernel', ({ fd }, _pick, task) => {
    const buffer = task.fresh('bk');
    return [`${buffer} = buf.get(${fd})`, `buf.put(${buffer})`];
  }),
  about('a request', request),
  about('what a file can do', ({ fd }, pick) => [
    pick.of([`sys.size(${fd})`, `sys.lseek(${fd}, 0, 2)`, `sys.read(${fd})`]) ?? '',
  ]),
];
