import type { RuleId } from '../../model/rules/catalogue.ts';
import { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { SIGNALED } from '../../impl/dma-buf/fence-flags.ts';
import type { Finding } from '../run/finding.ts';
import type { Run } from '../run/run.ts';
import { FenceDriver } from './fence-driver.ts';
import { HardwareJob } from './hardware-job.ts';
import type { OpName } from './op-trail.ts';

/** What a part of the driver owes, where a judge knows no rule of its own. */
const DUTIES: Readonly<Record<OpName, RuleId>> = {
  submit: 'CONTRACT-013',
  interrupt: 'CONTRACT-016',
  completion: 'CONTRACT-001',
  timer: 'CONTRACT-016',
  timedOut: 'CONTRACT-003',
  enableSignaling: 'FENCE-017',
  signaled: 'FENCE-022',
  release: 'FENCE-025',
  setDeadline: 'FENCE-088',
  wait: 'FENCE-026',
};

/** Every fence signals: what nobody else owes is owed to that. */
export const FENCE_DUTY: RuleId = 'CONTRACT-001';

/** Parts that run when nobody who asked for the fence need be there any more. */
const HANDLERS: ReadonlySet<OpName | null> = new Set([
  'interrupt',
  'completion',
  'timer',
  'timedOut',
]);

/**
 * What is wrong with a run of an issuer: what the standard judges found, with the rules that the
 * part of the driver breaks by it, and what the ops themselves did wrong.
 */
export function fenceFindings(run: Run): readonly Finding[] {
  const drivers = run.world.memory.objects.filter((object) => object instanceof FenceDriver);
  const lapses = drivers.flatMap(({ watch }) => watch.lapses);
  const opAt = (step: number | null): OpName | null => {
    if (step === null) return null;
    for (const { watch } of drivers) {
      const op = watch.trail.at(step);
      if (op !== null) return op;
    }
    return null;
  };
  return [
    ...lapses.map(({ rule, message, step, expected }): Finding => ({
      rules: [rule],
      judge: 'fence ops',
      message,
      step,
      expected,
    })),
    ...run.findings.map((finding) => attributed(finding, opAt(finding.step), run)),
  ];
}

function attributed(finding: Finding, op: OpName | null, run: Run): Finding {
  const before = rulesOf(finding, op, run);
  const rules = [...new Set([...before, ...finding.rules])];
  return { ...finding, rules };
}

/** Rules that the judge does not name, the most telling one first. */
function rulesOf(finding: Finding, op: OpName | null, run: Run): readonly RuleId[] {
  const { judge, message, rules } = finding;
  const duty = dutyOf(message, op);
  const isHandler = HANDLERS.has(op);
  switch (judge) {
    case 'use-after-free':
    case 'refcount':
      return isHandler && rules.includes('FENCE-012') ? ['FENCE-021'] : orElse(rules, duty);
    case 'sleep-in-atomic':
      if (message.startsWith('dma_fence_wait') && duty !== 'FENCE-026') return ['CONTRACT-015'];
      if (message.startsWith('GFP_') && (isHandler || op === 'enableSignaling')) {
        return ['CONTRACT-010'];
      }
      return orElse(rules, duty);
    case 'lockdep':
      return [lockRule(message, op)];
    case 'lock-misuse':
      return message.startsWith('dma_fence_signal') ? ['FENCE-029'] : [duty];
    case 'races':
      // Memory is freed while a handler may still be at it.
      return orElse(rules, message.includes(': free at step') ? 'FENCE-021' : duty);
    case 'deadlock':
      return [deadlockRule(run)];
    case 'leak':
      return [leakRule(run)];
    case 'warn':
      return [warnRule(message, duty)];
    default:
      return orElse(rules, duty);
  }
}

/** What the part owes that ran; but some things say themselves whose part they are. */
function dutyOf(message: string, op: OpName | null): RuleId {
  // Nothing else that a driver describes sleeps on its own.
  if (message.includes('in the state of a sleeper')) return 'FENCE-026';
  if (message === 'a hard interrupt enables interrupts') return 'CONTRACT-016';
  return op === null ? FENCE_DUTY : DUTIES[op];
}

function orElse(rules: readonly RuleId[], duty: RuleId): readonly RuleId[] {
  return rules.length === 0 ? [duty] : [];
}

/** Lock proving names classes: those of the kernel itself tell what a cycle is about. */
function lockRule(message: string, op: OpName | null): RuleId {
  if (message.includes('takes mmu_notifier')) return 'CONTRACT-011';
  if (message.includes('takes fs_reclaim')) return 'CONTRACT-010';
  if (message.includes('dma_fence_map')) return 'CONTRACT-008';
  if (/inconsistent|unsafe/.test(message)) return 'CONTRACT-016';
  if (op === 'signaled') return 'FENCE-022';
  return message.includes('recursive') ? 'FENCE-035' : 'CONTRACT-007';
}

/** Who waits for a lock keeps others from going on; who waits for a fence was forgotten. */
function deadlockRule(run: Run): RuleId {
  const { blocked, program, world } = run;
  if (world.failuresLeft < program.world.failuresMax) return 'CONTRACT-012';
  if (blocked.some(({ why }) => why.includes('is held by'))) return 'CONTRACT-008';
  const jobs = world.memory.objects.filter((object) => object instanceof HardwareJob);
  if (!jobs.some(({ hangs }) => hangs)) return FENCE_DUTY;
  // What hangs must end, and whatever was lost with it.
  return isHangOver(run) ? 'CONTRACT-003' : 'CONTRACT-002';
}

/** Nobody waits for what hangs any more. */
function isHangOver({ world }: Run): boolean {
  const drivers = world.memory.objects.filter((object) => object instanceof FenceDriver);
  const issued = drivers.flatMap(({ watch }) => watch.issued);
  return issued.every(({ fence, job }) => !job.hangs || (fence.flags.bits & SIGNALED) !== 0);
}

/** A fence that still has references was kept by its handler, another one by its release. */
function leakRule({ world }: Run): RuleId {
  const fences = world.memory.live().filter((object) => object instanceof DmaFence);
  return fences.some(({ references }) => references.value > 0) ? 'FENCE-021' : 'FENCE-007';
}

function warnRule(message: string, duty: RuleId): RuleId {
  if (message.startsWith('fence released with callbacks')) return 'FENCE-021';
  return message.startsWith('error set') || message.endsWith('no error number')
    ? 'FENCE-058'
    : duty;
}
