import type { HeldLock } from './lockdep-class.ts';
import type { Task } from './task.ts';

/*
 * In which contexts a class was taken. Two bits say that interrupts take it (for oneself, shared),
 * two that it was held where such an interrupt may come; the same four for soft interrupts.
 */
const USED_IN = 1;
const USED_IN_SHARED = 2;
const HELD_OPEN = 4;
const HELD_OPEN_SHARED = 8;
const ALL_USED_IN = 3;
/** How far the bits about soft interrupts lie above those about hard ones. */
const SOFT = 4;

/** Their numbers. */
export const USAGE_BITS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7];

/** The kinds of interrupts, with the place of their bits. */
const KINDS: readonly (readonly [shift: number, name: InterruptKind])[] = [
  [0, 'hard'],
  [SOFT, 'soft'],
];

export type InterruptKind = 'hard' | 'soft';

/** The bits of an interrupt that takes `lock` and waits for it. @kernel mark_usage */
export function usageInside(lock: HeldLock, task: Task): number {
  if (lock.how?.isTried === true) return 0;
  const bit = lock.how?.isShared === true ? USED_IN_SHARED : USED_IN;
  return task.context === 'hardirq' ? bit : bit << SOFT;
}

/** The bits of a task that holds `lock` with interrupts enabled on its processor. */
export function usageOpen(lock: HeldLock, task: Task): number {
  const bit = lock.how?.isShared === true ? HELD_OPEN_SHARED : HELD_OPEN;
  return task.context === 'process' ? bit | (bit << SOFT) : bit;
}

/** Some interrupt has taken it. */
export function isUsedInside(usage: number): boolean {
  return (usage & (ALL_USED_IN | (ALL_USED_IN << SOFT))) !== 0;
}

/**
 * An interrupt takes what has usage `safe`, and one of the same kind may find taken what has usage
 * `unsafe`. Two that share do not wait for each other. @kernel exclusive_mask
 */
export function conflict(safe: number, unsafe: number): InterruptKind | null {
  for (const [shift, name] of KINDS) {
    const inside = safe >> shift;
    const open = unsafe >> shift;
    if ((inside & USED_IN) !== 0 && (open & (HELD_OPEN | HELD_OPEN_SHARED)) !== 0) return name;
    if ((inside & USED_IN_SHARED) !== 0 && (open & HELD_OPEN) !== 0) return name;
  }
  return null;
}

/** The number of the bit by which `usage` is safe, or unsafe, for this kind of interrupts. */
export function bitOf(usage: number, kind: InterruptKind, side: 'inside' | 'open'): number {
  const shift = (kind === 'hard' ? 0 : SOFT) + (side === 'inside' ? 0 : 2);
  return ((usage >> shift) & 1) !== 0 ? shift : shift + 1;
}

/** As the kernel writes it: `IN-HARDIRQ-W`, `SOFTIRQ-ON-R`. @kernel usage_str */
export function usageName(bit: number): string {
  const kind = bit < SOFT ? 'HARDIRQ' : 'SOFTIRQ';
  const mode = bit % 2 === 0 ? 'W' : 'R';
  return bit % SOFT < 2 ? `IN-${kind}-${mode}` : `${kind}-ON-${mode}`;
}
