import type { RuleId } from '../../../model/rules/catalogue.ts';
import { resultNamed } from '../../check/results.ts';
import type { Result } from '../../programs/operation.ts';
import { RandomNumbers } from '../../schedules/random-numbers.ts';
import type { Expectation } from '../scenario.ts';
import { Identities, type MazeBuffer, type MazeFile, type MazeObject } from './identities.ts';

const ENOENT = -2;
const EINVAL = -22;

/** Two files of one device, and one of another that attaches to what is foreign. */
const FILES = { p: 'vgem', q: 'vgem', k: 'vkms' };
const OPENED = `v = drm.device(vgem); p = drm.open(v); q = drm.open(v)
  w = drm.device(vkms); k = drm.open(w)`;

/** So many buffers are made, all of them by the files of the first device or by the other one. */
const BUFFERS_MAX = 3;

interface Told {
  readonly name: string;
  readonly rule: RuleId;
  readonly result: Result;
  /** Anything else must come back. */
  readonly isOther: boolean;
}

/** A handle as a program names it: a number in one file, and the object that it once stood for. */
interface Ticket {
  readonly name: string;
  readonly file: MazeFile;
  readonly number: number;
  readonly object: MazeObject;
}

const EXPORT_RULES: Readonly<Record<string, RuleId>> = {
  unknown: 'PRIME-013',
  known: 'PRIME-002',
  foreign: 'PRIME-003',
  shared: 'PRIME-004',
  fresh: 'PRIME-010',
};

const IMPORT_RULES: Readonly<Record<string, RuleId>> = {
  known: 'PRIME-006',
  own: 'PRIME-007',
  foreign: 'PRIME-008',
};

/** A drawn walk: a program, and what each of its calls must return. */
export interface Maze {
  readonly setup: string;
  readonly calls: string;
  readonly expectations: readonly Expectation[];
  /** How often each way of an export or import was taken. */
  readonly ways: ReadonlyMap<string, number>;
}

/** Draws so many steps; the reference model says what comes of each. */
export function maze(seed: number, steps: number): Maze {
  const walk = new Walk(seed);
  for (let step = 0; step < steps; step += 1) walk.step();
  return walk.maze();
}

class Walk {
  private readonly numbers: RandomNumbers;
  private readonly identities = new Identities(FILES);
  private readonly tickets: Ticket[] = [];
  private readonly lines: string[] = [];
  private readonly told: Told[] = [];
  private readonly ways = new Map<string, number>();
  private made = 0;
  private names = 0;

  constructor(seed: number) {
    this.numbers = new RandomNumbers(seed);
  }

  step(): void {
    const { numbers } = this;
    if (this.tickets.length === 0 || (this.made < BUFFERS_MAX && numbers.below(6) === 0)) {
      this.create();
      return;
    }
    const [descriptor, buffer] = this.drawDescriptor();
    const kind = numbers.below(9);
    if (descriptor === null || kind < 2) this.export();
    else if (kind < 5) this.import(descriptor, buffer);
    else if (kind === 5) this.closeHandle();
    else if (kind === 6) this.closeDescriptor(descriptor);
    else if (kind === 7) this.pass(descriptor, buffer);
    else this.openByName();
    this.look();
  }

  maze(): Maze {
    const rules = [...new Set(this.told.map(({ rule }) => rule))];
    const expectations = rules.map((rule): Expectation => {
      const mine = this.told.filter((one) => one.rule === rule);
      return {
        rules: [rule],
        holds: (run) => {
          const wrong = mine.find(
            ({ name, result, isOther }) => (resultNamed(run, name) === result) === isOther,
          );
          if (wrong === undefined) return null;
          const { name, result, isOther } = wrong;
          const expected = `${isOther ? 'anything but' : 'not'} ${String(result)}`;
          return `${name} is ${String(resultNamed(run, name))}, ${expected}`;
        },
      };
    });
    return { setup: OPENED, calls: this.lines.join('\n'), expectations, ways: this.ways };
  }

  private create(): void {
    const file = this.pick(this.identities.files);
    const { handle, object } = this.identities.create(file);
    this.made += 1;
    this.take(file, handle, object, 'PRIME-013', (name) => `${name} = dumb.create(${file.name})`);
  }

  private export(): void {
    const { file, number } = this.pick(this.tickets);
    // Which of two handles of one buffer a file finds, nobody says.
    if (this.identities.isKnownOtherwise(file, number)) return;
    const name = this.fresh('b');
    const before = [...this.identities.descriptors];
    const { way, buffer } = this.identities.export(file, number, name);
    const rule = this.went('export', way, EXPORT_RULES);
    const result = buffer === null ? ENOENT : 0;
    this.tell(name, rule, result, `prime.export(${file.name}, ${number})`);
    if (buffer === null) return;
    // The same open file exactly where the model says so.
    for (const [other, behind] of before) this.compare(name, other, behind === buffer, rule);
  }

  private import(descriptor: string, buffer: MazeBuffer): void {
    const file = this.pick(this.identities.files);
    const before = [...this.tickets];
    const { way, handle, object } = this.identities.import(file, buffer);
    const rule = this.went('import', way, IMPORT_RULES);
    const call = (name: string): string => `${name} = prime.import(${file.name}, ${descriptor})`;
    const mine = this.take(file, handle, object, rule, call);
    for (const other of before) {
      const same = this.fresh('s');
      const isSame = other.object === object;
      this.tell(same, rule, isSame, `prime.sameObject(${mine.name}, ${other.name})`);
    }
    const shares = this.fresh('r');
    this.tell(shares, 'PRIME-008', true, `prime.sharesResv(${mine.name}, ${descriptor})`);
  }

  /** Another file of the device gets a handle without a descriptor. */
  private openByName(): void {
    const { files } = this.identities;
    const { file, number } = this.pick(this.tickets);
    const object = file.handles.get(number);
    const other = files.find((one) => one !== file && one.device === file.device);
    if (object === undefined || other === undefined) return;
    if ([...other.handles.values()].includes(object)) return;
    const name = this.fresh('f');
    this.lines.push(`${name} = gem.flink(${file.name}, ${number})`);
    const handle = this.identities.open(other, object);
    const call = (mine: string): string => `${mine} = gem.open(${other.name}, ${name})`;
    this.take(other, handle, object, 'PRIME-013', call);
  }

  private closeHandle(): void {
    const { file, number } = this.pick(this.tickets);
    const result = this.identities.close(file, number) ? 0 : EINVAL;
    this.tell(this.fresh('c'), 'PRIME-013', result, `gem.close(${file.name}, ${number})`);
  }

  private closeDescriptor(descriptor: string): void {
    this.identities.descriptors.delete(descriptor);
    this.tell(this.fresh('c'), 'DEV-009', 0, `sys.close(${descriptor})`);
  }

  /** As a process does that sends a descriptor and keeps it. */
  private pass(descriptor: string, buffer: MazeBuffer): void {
    const name = this.fresh('b');
    this.identities.descriptors.set(name, buffer);
    this.tell(name, 'PRIME-002', 0, `sys.dup(${descriptor})`);
    this.compare(name, descriptor, true, 'PRIME-002');
  }

  /** Every buffer that can be named, and what every file knows. */
  private look(): void {
    const { identities } = this;
    const shown = new Set<MazeBuffer>();
    for (const [descriptor, buffer] of identities.descriptors) {
      if (shown.has(buffer)) continue;
      shown.add(buffer);
      const count = `size 4096, count ${identities.count(buffer)}, exp_name drm`;
      this.tell(this.fresh('n'), 'DEV-009', count, `sys.fdinfo(${descriptor})`);
      const attached = identities.importers(buffer);
      const importers = `${attached} attached ${attached} mapped`;
      this.tell(this.fresh('a'), 'PRIME-009', importers, `prime.attachments(${descriptor})`);
    }
    const file = this.pick(identities.files);
    this.tell(this.fresh('e'), 'PRIME-010', file.known.size, `prime.entries(${file.name})`);
  }

  /** `sys.same` says 0 where both are one open file. */
  private compare(name: string, other: string, isSame: boolean, rule: RuleId): void {
    const same = this.fresh('s');
    this.tell(same, rule, 0, `sys.same(${name}, ${other})`, !isSame);
  }

  private take(
    file: MazeFile,
    number: number,
    object: MazeObject,
    rule: RuleId,
    call: (name: string) => string,
  ): Ticket {
    const ticket: Ticket = { name: this.fresh('h'), file, number, object };
    this.tickets.push(ticket);
    this.lines.push(call(ticket.name));
    this.told.push({ name: ticket.name, rule, result: number, isOther: false });
    return ticket;
  }

  private tell(name: string, rule: RuleId, result: Result, call: string, isOther = false): void {
    this.lines.push(`${name} = ${call}`);
    this.told.push({ name, rule, result, isOther });
  }

  private went(what: string, way: string, rules: Readonly<Record<string, RuleId>>): RuleId {
    const key = `${what} ${way}`;
    this.ways.set(key, (this.ways.get(key) ?? 0) + 1);
    const rule = rules[way];
    if (rule === undefined) throw new Error(`no rule is about an ${key}`);
    return rule;
  }

  private drawDescriptor(): [string, MazeBuffer] | [null, null] {
    const open = [...this.identities.descriptors];
    return open.length === 0 ? [null, null] : this.pick(open);
  }

  private pick<T>(from: readonly T[]): T {
    const found = from[this.numbers.below(from.length)];
    if (found === undefined) throw new Error('there is nothing to pick from');
    return found;
  }

  private fresh(letter: string): string {
    this.names += 1;
    return `${letter}${this.names}`;
  }
}
