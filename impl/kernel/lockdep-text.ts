import type { HeldLock, LockClass, LockEdge, LockPlace } from './lockdep-class.ts';
import { type InterruptKind, usageName } from './lockdep-usage.ts';
import type { Task } from './task.ts';

/*
 * The texts of the validator. What it says first is one clause, and what it knows besides one for
 * each thing, joined by `; `: reports may put each on a line of its own.
 */

/** A lock, with its class where its name does not tell. */
function named(lock: HeldLock): string {
  const { label, lockClass } = lock;
  const mode = lock.how?.isShared === true ? ', shared' : '';
  if (label === lockClass.name) return mode === '' ? label : `${label} (shared)`;
  return `${label} (${lockClass.name}${mode})`;
}

function placeText(place: LockPlace | null): string {
  if (place === null) return 'at boot';
  const { task, call, lock, under } = place;
  const where = call === 0 ? task.name : `${task.name}, call ${call}`;
  return under === null
    ? `in ${where}, by ${lock.label}`
    : `in ${where}, by ${lock.label} under ${under.label}`;
}

function edgeText({ from, to, place }: LockEdge): string {
  return `${from.name} -> ${to.name} first ${placeText(place)}`;
}

function usageText(lockClass: LockClass, bit: number): string {
  const place = lockClass.usedAt[bit];
  const usage = `${lockClass.name} {${usageName(bit)}}`;
  return place === undefined ? usage : `${usage} first ${placeText(place)}`;
}

/** @kernel print_circular_bug */
export function circularText(
  task: Task,
  next: HeldLock,
  held: HeldLock,
  way: readonly LockEdge[],
): string {
  const what = `${task.name} takes ${named(next)} while holding ${named(held)}`;
  return [`possible circular locking dependency: ${what}`, ...way.map(edgeText)].join('; ');
}

/** @kernel print_deadlock_bug */
export function recursiveText(task: Task, next: HeldLock, held: HeldLock): string {
  return `possible recursive locking: ${task.name} holds ${named(held)} and takes ${named(next)}`;
}

/** @kernel print_lock_nested_lock_not_held */
export function nestText(task: Task, next: HeldLock, nest: HeldLock): string {
  return `nested lock not held: ${task.name} takes ${named(next)} under ${named(nest)}`;
}

/** `bits`: how it was used before, and how it is used now. @kernel print_usage_bug */
export function inconsistentText(
  lockClass: LockClass,
  kind: InterruptKind,
  bits: readonly number[],
): string {
  const usages = bits.map((bit) => `{${usageName(bit)}}`).join(' -> ');
  return [
    `inconsistent lock state: ${lockClass.name} is taken in ${kind} interrupts, and also with ` +
      `them enabled: ${usages}`,
    ...bits.map((bit) => usageText(lockClass, bit)),
  ].join('; ');
}

/** An interrupt-safe class leads to an unsafe one. */
export interface BadOrder {
  readonly safe: LockClass;
  readonly safeBit: number;
  readonly unsafe: LockClass;
  readonly unsafeBit: number;
  readonly way: readonly LockEdge[];
}

function orderClauses({ safe, safeBit, unsafe, unsafeBit, way }: BadOrder): readonly string[] {
  return [usageText(safe, safeBit), ...way.map(edgeText), usageText(unsafe, unsafeBit)];
}

/** It was a new dependency that joined them. @kernel print_bad_irq_dependency */
export function badOrderText(task: Task, next: HeldLock, held: HeldLock, order: BadOrder): string {
  const irq = `${kindOf(order.safeBit)}irq`;
  const what = `${task.name} takes ${named(next)} while holding ${named(held)}`;
  return [
    `${irq}-safe -> ${irq}-unsafe lock order: ${what}`,
    `${order.safe.name} is ${irq}-safe, and leads to ${order.unsafe.name}, which is not`,
    ...orderClauses(order),
  ].join('; ');
}

/** It was a new way to use a class. @kernel print_irq_inversion_bug */
export function inversionText(task: Task, lock: HeldLock, order: BadOrder): string {
  const irq = `${kindOf(order.safeBit)}irq`;
  return [
    `possible irq lock inversion dependency: ${task.name} uses ${named(lock)}`,
    `${order.safe.name} is ${irq}-safe, and leads to ${order.unsafe.name}, which is not`,
    ...orderClauses(order),
  ].join('; ');
}

function kindOf(bit: number): string {
  return bit < 4 ? 'hard' : 'soft';
}
