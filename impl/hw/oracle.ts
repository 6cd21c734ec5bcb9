import type { HardwareRecordKind } from '../../model/events.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { HardwareRecord } from '../kernel/observer.ts';
import type { World } from '../kernel/world.ts';
import { type Token, tokenText } from './token.ts';

/** A run that notes more than this is about nothing else. Unit: records. */
const RECORDS_MAX = 10_000;

/**
 * Notes what goes wrong in simulated hardware. Simulated software never sees it: whoever judges a
 * run does. Records are part of a state, as complaints of the kernel are.
 */
export class Oracle extends KernelObject {
  readonly records: HardwareRecord[] = [];
  /** Names of those who write tokens, by number; 0 writes the special ones. */
  readonly writers: string[] = ['nobody'];
  private readonly heard = new Set<string>();

  constructor(world: World) {
    super(world, 'oracle');
    this.isStatic = true;
  }

  /** Something has happened. The same thing done again by the same actor is one record. */
  note(kind: HardwareRecordKind, what: string, actor: string = this.world.current.name): void {
    const { world } = this;
    world.touch(this, 'records', 'write', 'once');
    const key = `${kind} ${actor} ${what}`;
    if (this.heard.has(key)) return;
    if (this.heard.size >= RECORDS_MAX) throw new Error('too many hardware records');
    this.heard.add(key);
    const { valueNs: timeNs } = world.clock;
    const record: HardwareRecord = { kind, timeNs, actor, what, step: world.steps };
    this.records.push(record);
    world.noted(record);
  }

  /** The number of somebody who writes tokens: the same for the same name. */
  writer(name: string): number {
    const known = this.writers.indexOf(name);
    return known >= 0 ? known : this.writers.push(name) - 1;
  }

  text(token: Token): string {
    return tokenText(token, this.writers);
  }

  visitState(visit: StateVisitor): void {
    const texts = this.records.map(({ kind, actor, what }) => `${kind} ${actor} ${what}`);
    for (const text of texts.toSorted()) visit('record', text);
  }
}
