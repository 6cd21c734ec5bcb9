import { Access, type AccessOrder, type KernelTask, type Place } from './access.ts';
import { Cpu } from './cpu.ts';
import { KernelObject, type StateValue } from './object.ts';
import type { StateKey } from './state-key.ts';
import type { Task } from './task.ts';
import type { World } from './world.ts';

/**
 * How memory behaves. `sc`: a store is seen by every processor at once. `tso`: it may wait in the
 * store buffer of its processor, as on x86, while that processor goes on; see docs/memory.md.
 */
export type MemoryModel = 'sc' | 'tso';

/** Lanes of the machine are numbered; the buffer of processor n has this number plus n. */
const BUFFER_LANE = 8192;

/** A word of memory that stores may reach late. */
export interface BufferedWord<T> {
  readonly place: Place;
  readonly field: string;
  /** A store, which had this order, reaches memory: from here on everybody sees it. */
  land(value: T, order: AccessOrder): void;
}

/** Something in a list, or a value of several parts, known by its number. */
interface Keyed {
  readonly key: number;
}

/** What can be stored: values, and whole lists. */
type Stored = StateValue | Keyed | readonly Keyed[];

/** What happens when everything before it has landed, and how state keys show it. */
interface Later {
  readonly note: StateValue;
  readonly run: () => void;
  /** In whose name, in which of its calls, and with interrupts on or off. */
  readonly task: Task;
  readonly call: number;
  readonly irqsEnabled: boolean;
}

/** One store on its way to memory. */
interface Store {
  readonly word: object;
  readonly place: Place;
  readonly field: string;
  readonly value: Stored;
  readonly land: () => void;
  /** What the lane of the buffer announces. */
  readonly access: Access;
  /** Who stored. */
  readonly task: Task;
  readonly number: number;
  readonly behind: Later[];
}

/**
 * The store buffer of one processor: stores leave it in the order in which they came. When is the
 * world's choice, one store in a step of the buffer's own lane; whatever empties it does so in
 * its own step, since the stores could have left before.
 */
export class StoreBuffer {
  private readonly world: World;
  private readonly cpu: Cpu;
  private readonly place: Place;
  private readonly stores: Store[] = [];
  private readonly idle: Access;
  private readonly lane: Task;
  /** How many stores a barrier wants to have landed before the next access. */
  private fenced = 0;
  /** The task that ran here last: whoever comes after it has passed the scheduler. */
  private running: Task | null = null;
  private count = 0;

  constructor(world: World, cpu: Cpu) {
    this.world = world;
    this.cpu = cpu;
    this.place = { label: `buffer/${cpu.index}` };
    const gate = { ready: (): boolean => false, blockedBy: 'nothing is stored' };
    this.idle = new Access('wait', 'plain', this.place, '', 'wait for stores of', gate);
    const number = BUFFER_LANE + cpu.index;
    this.lane = world.addLane(this.place.label, number, 'process', new Cpu(number));
    this.lane.idleAt = this.idle;
    this.lane.start(this.run());
  }

  get isEmpty(): boolean {
    return this.stores.length === 0;
  }

  /** Puts a store behind all others. */
  store<T extends Stored>(word: BufferedWord<T>, value: T, order: AccessOrder): void {
    const { world } = this;
    const { place, field } = word;
    if (place instanceof KernelObject) world.memory.assertAlive(place, field);
    this.count += 1;
    this.touch(String(this.count), 'write');
    this.stores.push({
      word,
      place,
      field,
      value,
      land: () => word.land(value, order),
      access: new Access('drain', order, place, field, 'drain'),
      task: world.current,
      number: this.count,
      behind: [],
    });
    this.lane.pending = this.next;
  }

  /** What this processor sees of a word: its own newest store, if that has not landed yet. */
  load<T extends Stored>(word: BufferedWord<T>, landed: T): T {
    for (let index = this.stores.length - 1; index >= 0; index -= 1) {
      const store = this.stores[index];
      if (store?.word === word) return store.value as T; // it was stored into this very word
    }
    return landed;
  }

  /** A store into this word has not landed yet. */
  holds(word: object): boolean {
    return this.stores.some((store) => store.word === word);
  }

  /** A store into this object has not landed yet. */
  writesTo(object: KernelObject): boolean {
    return this.stores.some(({ place }) => place === object);
  }

  /** Everything lands: an atomic operation, or another full barrier. */
  drain(): void {
    this.touch('front', 'read');
    this.land(this.stores.length);
  }

  /** A barrier that is no step: what was stored until now lands before the next access. */
  fence(): void {
    this.fenced = this.stores.length;
  }

  /** A task of this processor is about to make a step. */
  enter(task: Task): void {
    if (task.context === 'process') {
      if (this.running !== null && this.running !== task) this.drain();
      this.running = task;
    }
    if (this.fenced > 0) this.land(this.fenced);
  }

  /** Runs something once everything that is stored by now has landed. */
  after(note: StateValue, run: () => void): void {
    const last = this.stores.at(-1);
    const task = this.world.current;
    if (last === undefined) run();
    else last.behind.push({ note, run, task, call: task.call, irqsEnabled: task.cpu.irqsEnabled });
  }

  /** Everything about it that decides how its processor, and others, go on. */
  visitState(key: StateKey): void {
    if (this.running === null && this.isEmpty) return;
    key.part();
    key.add('buffer');
    key.add(this.cpu.index);
    key.add(this.running?.index ?? -1);
    key.add(this.fenced);
    for (const { place, field, value, task, behind } of this.stores) {
      key.add(place instanceof KernelObject ? place : place.label);
      key.add(field);
      key.add(shown(value));
      key.add(task.index);
      for (const later of behind) {
        key.add(later.note);
        key.add(later.task.index);
        key.add(later.call);
        key.add(later.irqsEnabled);
      }
    }
  }

  private land(count: number): void {
    for (let landed = 0; landed < count; landed += 1) this.landFirst();
    this.lane.pending = this.next;
  }

  private landFirst(): void {
    const store = this.stores.shift();
    if (store === undefined) return;
    const { world } = this;
    const { current } = world;
    this.fenced = Math.max(0, this.fenced - 1);
    this.touch(String(store.number), 'write');
    this.touch('front', 'write');
    world.current = store.task;
    store.land();
    for (const later of store.behind) this.follow(later);
    world.current = current;
  }

  /** What was waiting happens as if whoever asked for it did it now. */
  private follow({ task, call, irqsEnabled, run }: Later): void {
    const { cpu } = task;
    const now = { call: task.call, irqsEnabled: cpu.irqsEnabled };
    this.world.current = task;
    task.call = call;
    cpu.irqsEnabled = irqsEnabled;
    run();
    task.call = now.call;
    cpu.irqsEnabled = now.irqsEnabled;
  }

  /** What the lane would do next. */
  private get next(): Access {
    return this.stores[0]?.access ?? this.idle;
  }

  private *run(): KernelTask<void> {
    for (;;) {
      yield this.next;
      this.landFirst();
      this.lane.forget();
    }
  }

  private touch(field: string, kind: 'read' | 'write'): void {
    this.world.touch(this.place, field, kind, 'plain');
  }
}

/** Lists are shown as the numbers of what stands in them. */
function shown(value: Stored): StateValue {
  if (isList(value)) return value.map((item) => (isKeyed(item) ? item.key : item));
  return value instanceof KernelObject || !isKeyed(value) ? value : value.key;
}

/** `Array.isArray` does not tell a list that may not be changed from the rest. */
function isList(value: Stored): value is Extract<Stored, readonly unknown[]> {
  return Array.isArray(value);
}

function isKeyed(value: Stored): value is Keyed {
  return typeof value === 'object' && value !== null && 'key' in value;
}
