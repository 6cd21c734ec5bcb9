import { cacheLineMachine } from '../../machines/cache-line.ts';
import { pageMachine } from '../../machines/page.ts';
import { translationMachine } from '../../machines/translation.ts';
import { claim, claimOfEach, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Move, Take } from '../network.ts';
import { invalidatorMachine, masterMachine, ownerMachine } from './page-tasks.ts';
import { asking, at, isIn, lockMachine, many, objectOf } from './parts.ts';
import { triggerMachine } from './sync-file-tasks.ts';
import { slotMachine } from './syncobj-tasks.ts';
import type { System } from './system.ts';

/** Tasks that share pages, and a device. */
export interface DmaPagesScope {
  readonly tasks: number;
  readonly pages: number;
}

interface Uses {
  readonly pins: number;
  readonly maps: number;
}

/** A line of the processors' cache, with what a program finds out when it wants it written back. */
function cpuLine() {
  const line = objectOf(cacheLineMachine());
  const isNotDirty = asking(line, 'isNotDirty', ({ value }) => value !== 'dirty');
  const isAbsent = asking(isNotDirty, 'isAbsent', ({ value }) => value === 'absent');
  return asking(isAbsent, 'isClean', ({ value }) => value === 'clean');
}

/** All machines. The device has one address, and whoever has `address` decides where it leads. */
class Parts {
  readonly tasks;
  readonly pages;
  /** The first line of page p, and whether it is older than memory. */
  readonly lines;
  readonly old;
  readonly address;
  readonly translation;
  /** The entry leads to page p; what the device has cached does. */
  readonly entries;
  readonly cached;
  readonly device;
  /** The job is done. */
  readonly completion;
  readonly iommu;
  readonly t: readonly number[];
  readonly p: readonly number[];

  constructor({ tasks, pages }: DmaPagesScope) {
    this.t = range(tasks);
    this.p = range(pages);
    this.tasks = many(tasks, 'task', ownerMachine(pages));
    const page = objectOf<Uses>(pageMachine({ pinsMax: 1, mapsMax: 1 }));
    const isOwned = asking(page, 'isOwned', ({ value }) => isIn(value, 'life', 'owned'));
    this.pages = many(pages, 'page', isOwned);
    this.lines = many(pages, 'line', cpuLine());
    this.old = many(pages, 'old', triggerMachine());
    this.address = { name: 'address', machine: lockMachine(tasks) };
    const translation = objectOf(translationMachine());
    const isMiss = asking(translation, 'isMiss', ({ value }) => isIn(value, 'cache', 'empty'));
    this.translation = { name: 'translation', machine: isMiss };
    this.entries = many(pages, 'entry', slotMachine());
    this.cached = many(pages, 'cached', slotMachine());
    this.device = { name: 'device', machine: masterMachine(pages) };
    this.completion = { name: 'completion', machine: slotMachine() };
    this.iommu = { name: 'iommu', machine: invalidatorMachine() };
  }

  get all() {
    const { tasks, pages, lines, old, address, translation } = this;
    const { entries, cached, device, completion, iommu } = this;
    const shared = [translation, device, completion, iommu];
    return [...tasks, ...pages, ...lines, ...old, address, ...entries, ...cached, ...shared];
  }
}

function owners(parts: Parts): readonly Move[] {
  const { tasks, pages, lines, old, address, translation, entries, t, p } = parts;
  const { device, completion, iommu } = parts;
  const each = (
    name: string,
    step: string,
    others: (p: number, t: number) => readonly Take[],
  ): readonly Move[] =>
    family(`task.${name}`, { t, p }, ({ t: task, p: page }) => [
      [at(tasks, task), `${step}(${page})`],
      ...others(page, task),
    ]);
  return [
    ...each('give', 'give', (o) => [
      [at(pages, o), 'give'],
      [at(lines, o), 'store'],
      [at(old, o), 'drop'],
    ]),
    ...each('clean', 'syncForDevice', (o) => [[at(lines, o), 'clean']]),
    ...each('isClean', 'syncForDevice', (o) => [[at(lines, o), 'isNotDirty']]),
    ...each('map', 'map', (o, task) => [
      [address, `acquire(${task})`],
      [at(pages, o), 'map'],
      [translation, 'map'],
      [at(entries, o), 'fill'],
    ]),
    ...each('start', 'start', (o) => [
      [device, 'start'],
      [at(pages, o), 'pin'],
    ]),
    ...each('done', 'done', (o) => [
      [completion, 'clear'],
      [at(pages, o), 'unpin'],
    ]),
    ...each('clear', 'clear', (o) => [
      [translation, 'clear'],
      [at(entries, o), 'clear'],
    ]),
    ...each('invalidate', 'invalidate', () => [[iommu, 'queue']]),
    ...each('flushed', 'flushed', () => [[iommu, 'see']]),
    ...each('unmap', 'unmap', (o, task) => [
      [address, `release(${task})`],
      [at(pages, o), 'unmap'],
    ]),
    ...each('forget', 'syncForCpu', (o) => [
      [at(lines, o), 'invalidate'],
      [at(old, o), 'drop'],
    ]),
    ...each('hasForgotten', 'syncForCpu', (o) => [[at(lines, o), 'isAbsent']]),
    ...each('free', 'free', (o) => [[at(pages, o), 'take']]),
    // Whoever frees a page does not ask who uses it.
    ...each('freeUsed', 'free', (o) => [[at(pages, o), 'take.used']]),
  ];
}

/** The device, and what it has cached of the table. It hears of nothing but orders. */
function accesses(parts: Parts): readonly Move[] {
  const { device, translation, entries, cached, lines, old, completion, iommu, p } = parts;
  const each = (name: string, others: (p: number) => readonly Take[]): readonly Move[] =>
    family(`device.${name}`, { p }, ({ p: page }) => others(page));
  const finds = (step: string, how: string) =>
    each(`${step}.${how}`, (o) => [
      [device, `${step}(${o})`],
      [at(cached, o), 'isFilled'],
      [translation, how],
    ]);
  const writes = (state: string, ...others: readonly string[]) =>
    each(`write.${state}`, (o) => [
      [device, `write(${o})`],
      [completion, 'fill'],
      [at(lines, o), state],
      ...others.map((event): Take => [at(old, o), event]),
    ]);
  const orders = (name: string, ...others: readonly Take[]): readonly Move[] =>
    family(`iommu.${name}`, {}, () => [[iommu, 'complete'], ...others]);
  return [
    ...each('fill', (o) => [
      [device, 'isLooking'],
      [at(entries, o), 'isFilled'],
      [translation, 'fill'],
      [at(cached, o), 'fill'],
    ]),
    ...each('evict', (o) => [
      [device, 'isAhead'],
      [at(cached, o), 'clear'],
      [translation, 'evict'],
    ]),
    ...['read', 'readAhead'].flatMap((step) =>
      ['hit', 'hit.stale'].flatMap((how) => finds(step, how)),
    ),
    ...writes('isAbsent'),
    ...writes('isClean', 'pull'),
    ...family('device.rest', {}, () => [[device, 'rest']]),
    ...each('end', (o) => [[device, `end(${o})`]]),
    // An order is complete when nobody is on the way with what it takes away.
    ...p.flatMap((o) =>
      orders(
        `invalidate(${o})`,
        [device, 'isQuiet'],
        [translation, 'invalidate'],
        [at(cached, o), 'clear'],
      ),
    ),
    ...orders('isMiss', [device, 'isQuiet'], [translation, 'isMiss']),
  ];
}

/** What a cache does of its own accord. */
function caching({ lines, pages, old, p }: Parts): readonly Move[] {
  const each = (name: string, others: (p: number) => readonly Take[]): readonly Move[] =>
    family(`cache.${name}`, { p }, ({ p: page }) => others(page));
  return [
    ...each('fetch', (o) => [
      [at(lines, o), 'fetch'],
      [at(pages, o), 'isOwned'],
    ]),
    ...each('writeBack', (o) => [[at(lines, o), 'clean']]),
    ...each('drop', (o) => [
      [at(lines, o), 'invalidate'],
      [at(old, o), 'drop'],
    ]),
  ];
}

const isFilled = ({ value }: { readonly value: unknown }): boolean => value === 'filled';
const isStale = (value: unknown): boolean => isIn(value, 'cache', 'stale');

function always({ tasks, pages, lines, old, cached, device, p }: Parts): readonly Claim[] {
  return p.flatMap((o): readonly Claim[] => [
    claim(
      'HW-MEM-002 a page belongs to one task',
      [at(tasks, 0), at(tasks, 1)],
      (one, other) => one.context.page !== o || other.context.page !== o,
    ),
    claim(
      'HW-MEM-005 a page that is free is neither pinned nor mapped',
      [at(pages, o)],
      ({ value, context: { pins, maps } }) => isIn(value, 'life', 'owned') || pins + maps === 0,
    ),
    claim(
      'HW-IOMMU-005 a device is at a page only while that is mapped',
      [device, at(pages, o)],
      ({ context }, page) => context.page !== o || page.context.maps > 0,
    ),
    claim(
      'HW-IOMMU-006 what a device has cached leads to no page that somebody else may have',
      [at(cached, o), at(pages, o)],
      (slot, page) => !isFilled(slot) || page.context.maps > 0,
    ),
    claim(
      'HW-CACHE-005 a device reads what the processors have stored',
      [device, at(lines, o)],
      (master, line) =>
        master.value !== 'reading' || master.context.page !== o || line.value !== 'dirty',
    ),
    ...tasks.map((task) =>
      claim(
        'HW-CACHE-006 a processor reads what the device has written',
        [task, at(old, o)],
        ({ value, context }, { value: isOld }) =>
          value !== 'reading' || context.page !== o || isOld === 'quiet',
      ),
    ),
  ]);
}

function sometimes({ tasks, translation, device, lines, old }: Parts): readonly Claim[] {
  const [task, line] = [at(tasks, 0), at(lines, 0)];
  return [
    claim(
      'HW-IOMMU-005 a device is at a page to which no entry leads any more',
      [device, translation],
      (master, { value }) => master.value === 'readingAhead' && isStale(value),
    ),
    claim(
      'HW-IOMMU-004 an entry is gone, and an order is on its way',
      [task, translation],
      ({ value }, seen) => value === 'invalidating' && isStale(seen.value),
    ),
    claim(
      'HW-CACHE-002 a line is written back before anybody asks for it',
      [task, line],
      ({ value, context }, seen) =>
        value === 'stored' && context.page === 0 && seen.value === 'clean',
    ),
    claim(
      'HW-CACHE-005 a line is older than memory',
      [task, line, at(old, 0)],
      ({ value }, seen, { value: isOld }) =>
        value === 'done' && seen.value === 'clean' && isOld === 'pulled',
    ),
    claim(
      'HW-MEM-002 both pages are with somebody, and a third task waits',
      tasks.slice(0, 3),
      (...owners) =>
        owners.filter(({ value }) => value !== 'new' && value !== 'finished').length === 2 &&
        owners.some(({ value }) => value === 'new'),
    ),
  ];
}

function eventually({ tasks, device }: Parts): readonly Liveness[] {
  // A device that is quiet answers the orders of the IOMMU, too.
  const others = [...tasks.map(({ name }) => name), device.name];
  return tasks.map(({ name }, index): Liveness => ({
    name: `HW-IOMMU-006 ${name} gives its page back`,
    whenever: claim('it has one', [at(tasks, index)], ({ value }) => value === 'stored'),
    eventually: claim('it has', [at(tasks, index)], ({ value }) => value === 'finished'),
    fair: weak(...others),
  }));
}

/** Tasks that take pages, have a device work on them, and give them back. */
export function dmaPages(scope: DmaPagesScope): System {
  const parts = new Parts(scope);
  const { tasks, pages } = scope;
  return {
    network: network(`${pages} pages under a device (${tasks} tasks)`, parts.all, [
      ...owners(parts),
      ...accesses(parts),
      ...caching(parts),
    ]),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claimOfEach('all is over', parts.tasks, ({ value }) => value === 'finished'),
    },
  };
}
