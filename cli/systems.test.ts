import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { checkSystem, type CheckSystemOptions } from '../model/systems/check-systems.ts';
import { claim, weak } from '../model/systems/claims.ts';
import { family, network } from '../model/systems/network.ts';
import { resvTasks } from '../model/systems/required/resv-tasks.ts';
import type { System } from '../model/systems/required/system.ts';
import { runHere } from './in-process.ts';
import { summary, systemText } from './systems-text.ts';

/** A part of one system's name only, and a small one. */
const RESERVATION = 'reservation, plain lock (1:1 for write';
const CONTEXTS = [1, 2, 3].map((context) => ({ context, seqno: 1, usage: 1 }));

const home = process.cwd();
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-systems-'));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

test('lists the systems, and what could be left out of their search', async () => {
  const { status, stdout } = await runHere('systems', '--list');
  expect(stdout).toMatch(/^fence with callers .*\n {2}parts {5}17 components, 166 moves\n/);
  expect(stdout).toMatch(
    /\n {2}symmetry {2}task 0, task 1, task 2\n {12}fence 0, fence 1\n {2}views /,
  );
  expect(stdout).toMatch(/^reservation, plain lock \(1:1 for write, .*\)$/m);
  expect(status).toBe(0);
});

test('searches one system to its end', async () => {
  const { status, stdout } = await runHere('systems', RESERVATION, '--json', 'report.json');
  expect(stdout).toBe(`reservation, plain lock (1:1 for write, 2:1 for bookkeep, 3:1 for write)
  parts     11 components, 34 moves
  found     5339 states, 22958 edges, depth 25
  bounds    breadth first, exact memory, every reachable state
  always     holds    WW-005 one task holds the lock
  always     holds    RESV-003 the lock is held by who is inside
  always     holds    RESV-020 who has reserved finds room
  always     holds    RESV-024 a job that runs is covered by a pending fence of its context
  always     holds    RESV-018 what is found signaled in a slot has signaled
  deadlock   holds    no dead end
  sometimes  holds    RESV-019 there is no memory
  sometimes  holds    RESV-024 a fence takes the slot of another one
  sometimes  holds    RESV-029 all fences are in slots, pending
  eventually holds    RESV-003 task 0 gets the lock that it asks for, whenever it asks (weakly fair:
                      task 0, task 1, task 2, open)
  eventually holds    RESV-003 task 1 gets the lock that it asks for, whenever it asks (weakly fair:
                      task 0, task 1, task 2, open)
  eventually holds    RESV-003 task 2 gets the lock that it asks for, whenever it asks (weakly fair:
                      task 0, task 1, task 2, open)
  eventually holds    RESV-024 fence 0 signals, whenever its job is queued (weakly fair: hardware)
  eventually holds    RESV-024 fence 1 signals, whenever its job is queued (weakly fair: hardware)
  eventually holds    RESV-024 fence 2 signals, whenever its job is queued (weakly fair: hardware)
no violation within these bounds: 1 system, 5339 states, 22958 edges, 15 properties
`);
  expect(status).toBe(0);
  const report: unknown = JSON.parse(readFileSync('report.json', 'utf8'));
  expect(report).toMatchObject({ systems: [{ states: 5339, complete: true, limits: [] }] });
});

// Three tasks: large enough for threads, and with something to leave out.
const FENCES = 'add, add, wait';
const WITHOUT_EDGES = ['--edges', '1'];

describe('nothing that was left out is silent, and the exit code is 4', () => {
  test.each<[string, string[], string]>([
    [RESERVATION, ['--depth', '9'], 'depth: 9'],
    [RESERVATION, ['--depth', '9', '--order', 'depth'], 'depth: 9'],
    [RESERVATION, ['--states', '99'], 'states: 99'],
    [RESERVATION, ['--mib', '0'], 'memory: 0 MiB'],
    [RESERVATION, ['--seconds', '0'], 'time: 0 s'],
    [RESERVATION, ['--edges', '99'], 'no edges for eventually: more than 99 states'],
    [RESERVATION, ['--memory', 'fingerprint'], 'memory by hashes: with probability 7.7e-13'],
    [RESERVATION, ['--memory', 'bits', '--field', '20'], 'memory by hashes: with probability '],
    [FENCES, [...WITHOUT_EDGES, '--symmetry'], 'symmetry of task 0, task 1: proved'],
    [
      FENCES,
      [...WITHOUT_EDGES, '--views'],
      'view of task 0 has returned: from which fence: believed',
    ],
  ])('%s %j', async (name, options, said) => {
    const { status, stdout } = await runHere('systems', name, ...options);
    expect(stdout).toContain(`\n  partial   ${said}`);
    expect(stdout).toMatch(/^no violation within these bounds: /m);
    expect(status).toBe(4);
  });

  test('what hashes may have overlooked was not searched completely', async () => {
    const hashed = ['--memory', 'bits', '--field', '10', '--json', 'bits.json'];
    const { stdout } = await runHere('systems', RESERVATION, ...hashed);
    expect(stdout).toContain('3 bits of each state, every state that was told apart');
    const report: unknown = JSON.parse(readFileSync('bits.json', 'utf8'));
    expect(report).toMatchObject({ systems: [{ complete: false, ended: true }] });
  });

  test('views that were tried out decide as much as a search without them', async () => {
    const { stdout } = await runHere(
      ...['systems', FENCES, ...WITHOUT_EDGES, '--views', '--prove', '300000'],
    );
    expect(stdout).toContain('view of task 0 has returned: from which fence: proved');
    expect(stdout).toContain('always     holds    FENCE-032 a callback runs at most once');
  });

  test('a reduction that is not declared is none', async () => {
    const { status, stdout } = await runHere('systems', RESERVATION, '--symmetry', '--views');
    expect(stdout).toContain(
      '  note      no symmetry is declared\n            no view is declared\n',
    );
    expect(status).toBe(0);
  });
});

describe('wrong use', () => {
  test.each<[string[], string]>([
    [['nowhere'], "unknown system 'nowhere'; expected a part of 'fence with callers "],
    [[RESERVATION, '--workers', '0'], '0 workers; expected 1 to 64'],
    [[RESERVATION, '--workers', '2', '--order', 'depth'], 'depth first is for one worker'],
    [[RESERVATION, '--workers', '2', '--memory', 'bits'], 'bit-state memory is for one worker'],
    [[RESERVATION, '--order', 'depth', '--memory', 'bits'], 'depth first needs exact memory'],
    [[RESERVATION, '--memory', 'bits', '--field', '40'], 'a field of 1099511627776 bits; expected'],
    [[RESERVATION, '--memory', 'some'], "argument 'some' is invalid"],
    [[RESERVATION, '--depth', 'deep'], "argument 'deep' is invalid"],
    [[RESERVATION, '--resume'], '--resume: expected --checkpoint with a file beside it'],
    [['array', '--checkpoint', 'any'], '--checkpoint is for one system; expected the name of one'],
    [[RESERVATION, '--checkpoint', 'report.json'], 'report.json: is there already; --resume'],
    [
      [RESERVATION, '--checkpoint', 'report.json', '--resume'],
      'report.json: is no checkpoint of a search',
    ],
    [
      [RESERVATION, '--checkpoint', 'no/such/folder', '--states', '1'],
      'no/such/folder: cannot be written: ENOENT',
    ],
  ])('%j', async (words, message) => {
    writeFileSync('report.json', '{}');
    const { status, stdout, stderr } = await runHere('systems', ...words);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^dmabuf-verify: .*\n$/);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});

test('any number of workers writes the same report', async () => {
  const reports = [];
  for (const workers of ['1', '2', '3']) {
    const words = ['--workers', workers, ...WITHOUT_EDGES, '--json', 'workers.json'];
    const { stdout } = await runHere('systems', FENCES, ...words);
    reports.push(stdout + readFileSync('workers.json', 'utf8'));
  }
  expect(reports[0]).toContain('240730 states');
  expect(new Set(reports).size).toBe(1);
});

test('a search goes on from its checkpoint, which then is gone', async () => {
  const whole = await runHere('systems', RESERVATION);
  const resume = ['--checkpoint', 'search.checkpoint', '--resume'];
  const first = await runHere('systems', RESERVATION, ...resume, '--depth', '9');
  expect(first.stderr).toBe(
    'search.checkpoint is not there yet; the search begins at the beginning\n',
  );
  expect(first.stdout).toContain('partial   depth: 9');
  expect(existsSync('search.checkpoint')).toBe(true);
  const second = await runHere('systems', RESERVATION, ...resume);
  expect(second).toEqual({ ...whole, stderr: '' });
  expect(existsSync('search.checkpoint')).toBe(false);
});

describe('what is broken is shown', () => {
  const { network: system, properties } = resvTasks({
    tasks: CONTEXTS.slice(0, 2),
    isWatched: false,
  });
  const part = (name: string) => {
    const found = system.components.find((component) => component.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const exact = { order: 'breadth', memory: 'exact' } as const;
  const shown = (changed: System, options: CheckSystemOptions = {}): string => {
    const report = checkSystem(changed, options);
    const how = { ...exact, memory: options.memory ?? 'exact' };
    return [...systemText(changed, report, how), ...summary([report])].join('\n');
  };

  test('with the moves to it and the state there', () => {
    const always = [claim('nobody adds', [part('task 1')], ({ value }) => value !== 'added')];
    const text = shown({ network: system, properties: { ...properties, always, eventually: [] } });
    expect(text).toMatch(/^ {2}bounds {4}breadth first, exact memory, up to the first violation$/m);
    expect(text).toMatch(
      /^ {2}always {5}FAIL {5}nobody adds\n {15}1 {2}open\n[^]*\n {15}5 {2}add\(t 1\)\n {12}end {3}task 0 "idle"\n {18}task 1 "added"$/m,
    );
    expect(text).toMatch(/\n {2}deadlock {3}partial {2}no dead end\n/);
    expect(text).toMatch(/\n1 violation in 1 system, .*, \d+ not decided$/);
    const bits = { memory: 'bits', bitField: 2 ** 20 } as const;
    const hashed = shown({ network: system, properties: { always } }, bits);
    expect(hashed).toContain('memory of bits does not know the way to it; search again with exact');
  });

  test('dead ends, what never happens, and what never comes', () => {
    const moves = system.moves.filter(({ family: name }) => name !== 'unlock');
    const stuck = shown({ network: network('stuck', system.components, moves), properties });
    expect(stuck).toMatch(/\n {2}deadlock {3}FAIL {5}no dead end\n {15}1 {2}open\n/);

    const never = claim('the lamp is on', [part('hardware')], ({ value }) => value === 'on');
    const missing = shown({ network: system, properties: { ...properties, sometimes: [never] } });
    expect(missing).toMatch(
      /\n {2}sometimes {2}FAIL {5}the lamp is on\n {12}every reachable state was searched, and it held in none\n/,
    );

    const isDone = claim('it is done', [part('task 0')], ({ value }) => value === 'finished');
    const wanted = { eventually: isDone, fair: weak('task 1') };
    const lasso = shown({
      network: system,
      properties: { ...properties, eventually: [{ name: 'task 0 is done', ...wanted }] },
    });
    expect(lasso).toMatch(
      /\n {2}eventually FAIL {5}task 0 is done \(weakly fair: task 1\)\n[^]*\n {12}there task 0 [^]*\n {12}and (for ever again\n {14,15}\d+ {2}\w|stays there: nobody has to go on)/,
    );
  });
});

test('a name from outside does no harm', () => {
  const one = part1();
  const odd = network(
    'odd \u001b[2J name',
    [one],
    family('go', {}, () => [[one, 'init']]),
  );
  const report = checkSystem({ network: odd, properties: {} });
  const text = systemText({ network: odd, properties: {} }, report, {
    order: 'breadth',
    memory: 'exact',
  });
  expect(text.join('\n')).not.toContain('\u001b');
});

function part1() {
  const [first] = resvTasks({ tasks: CONTEXTS.slice(0, 1), isWatched: false }).network.components;
  if (first === undefined) throw new Error('no component');
  return first;
}
