import {
  EACCES,
  EBADF,
  EBUSY,
  EEXIST,
  EFAULT,
  EINVAL,
  EMFILE,
  ENODEV,
  ENOENT,
  ENOTTY,
  EOPNOTSUPP,
  EPERM,
  errnoName,
  ESPIPE,
} from '../../impl/kernel/errno.ts';
import { WorldView } from '../programs/world-view.ts';
import type { Finding } from '../run/finding.ts';
import type { CallRecord } from '../run/history.ts';
import type { CallMoment, Judge } from '../run/judge.ts';
import type { Run } from '../run/run.ts';

/** Calls of user space, by the first part of their names. */
const USER_CALLS: ReadonlySet<string> = new Set([
  'sys',
  'drm',
  'dumb',
  'gem',
  'prime',
  'vgem',
  'so',
]);

/** What these find out about the first object, they have found out when the second one is wrong. */
const LOOKING: ReadonlySet<string> = new Set(['so.wait', 'so.timelineWait', 'so.query']);

/** Errors that say that a call was wrong, and not that something happened to it. */
const WRONG: readonly number[] = [
  EPERM,
  ENOENT,
  EBADF,
  EACCES,
  EFAULT,
  EBUSY,
  EEXIST,
  ENODEV,
  EINVAL,
  EMFILE,
  ENOTTY,
  ESPIPE,
  EOPNOTSUPP,
];

/** What the world was when a call was made. */
interface Before {
  readonly view: WorldView;
  readonly steps: number;
}

/**
 * A call that is refused changes nothing in the whole world, as far as nobody else did anything
 * meanwhile. It looks at everything, so it is for single runs.
 */
export class UnchangedJudge implements Judge {
  readonly name = 'unchanged';
  /** By the task's name. */
  private readonly before = new Map<string, Before>();
  private readonly findings: Finding[] = [];
  /** How many refused calls were looked at. */
  compared = 0;

  called(moment: CallMoment, record: CallRecord, { world }: Run): void {
    // First calls are made while the tasks are started, one by one.
    if (moment !== 'made' || record.position === 0 || !isJudged(record)) return;
    this.before.set(record.task, { view: new WorldView(world), steps: world.steps });
  }

  returned(record: CallRecord, { world }: Run): void {
    const { task, call, result } = record;
    const before = this.before.get(task);
    this.before.delete(task);
    if (before === undefined || typeof result !== 'number' || !WRONG.includes(-result)) return;
    // Others have done something, or parts of the call are forgotten.
    if (world.steps - before.steps !== world.current.accesses) return;
    this.compared += 1;
    const changes = before.view.changes(new WorldView(world));
    if (changes === 'nothing') return;
    const message = `${call.op} of ${task} returns ${errnoName(result)}, and changes ${changes}`;
    this.findings.push({ rules: [], judge: this.name, message, step: world.steps, expected: null });
  }

  finish(): readonly Finding[] {
    return this.findings;
  }
}

/** What cannot be answered was done all the same. */
function isJudged({ call }: CallRecord): boolean {
  const [group = ''] = call.op.split('.');
  return USER_CALLS.has(group) && !LOOKING.has(call.op) && call.args['memory'] !== 'readOnly';
}
