import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed } from '../../check/results.ts';
import type { Written } from '../../programs/parse.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import type { Schedules } from '../../run/explore.ts';
import type { Run } from '../../run/run.ts';

const EBUSY = -16;
const ENOMEM = -12;

/** A program in a world in which importers hear of moves. */
function notified(name: string, written: Written): Program {
  return program(name, { ...written, world: { moveNotify: true, ...written.world } });
}

/** Devices work beside the tasks, and each choice between them doubles the schedules. */
const DEVICES: readonly Schedules[] = [{ kind: 'bounded', preemptions: 0, runsMax: 60 }];

/** How many were told of moves. */
function told(run: Run): number {
  return run.sightings.filter(({ name }) => name === 'notify').length;
}

/** An attachment hears of a move behind its detach. */
function toldTooLate(run: Run): string | null {
  const gone = new Set<unknown>();
  for (const { name, object } of run.sightings) {
    if (name === 'detach') gone.add(object);
    if (name === 'notify' && gone.has(object)) return `${object.label} is told when it is detached`;
  }
  return null;
}

const ONE = 'b = dyn.export(peers: [nic, cam]); r = buf.resv(b); i = dyn.open(b, nic, true)';
const IDLE = 'resv.wait(r, BOOKKEEP)';

/** Properties of moves below those who use a buffer. */
export const MOVING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['DYN-006'],
    plan: `Before a move everybody with callbacks is told; with somebody who has none it is pinned, and
      what is pinned stays. Without memory it stays where it was, and nobody hears of it.
      - two that follow; one more that does not; the driver's own pin; no memory`,
    programs: [
      notified('two', {
        setup: 'b = dyn.export(); x = attach.dynamic(b, nic); y = attach.dynamic(b, cam)',
        tasks: {
          A: `e = dyn.move(b, system); p = dyn.place(b); mx = attach.moves(x); my = attach.moves(y)`,
        },
      }),
      notified('static-too', {
        setup: `b = dyn.export(); x = attach.dynamic(b, nic); s = attach.static(b, cam)`,
        tasks: {
          A: `mx = attach.moves(x); e = dyn.move(b, vram); p = dyn.place(b); my = attach.moves(x)
            attach.detach(b, s); f = dyn.move(b, vram); q = dyn.place(b)`,
        },
      }),
      notified('pinned', {
        setup: 'b = dyn.export(); x = attach.dynamic(b, nic); dyn.pinHere(b)',
        tasks: {
          A: `e = dyn.move(b, system); p = dyn.place(b); mx = attach.moves(x); dyn.unpinHere(b)
            f = dyn.move(b, system); q = dyn.place(b)`,
        },
      }),
      notified('starved', {
        world: { failuresMax: 1 },
        setup: 'b = dyn.export(); x = attach.dynamic(b, nic)',
        tasks: { A: 'e = dyn.move(b, system); p = dyn.place(b); mx = attach.moves(x)' },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 40 }],
    forbids: ['attachments', 'refinement', 'leak'],
    holds: (run) => {
      if (run.program.name === 'starved') {
        const isMoved = resultNamed(run, 'e') === 0;
        const wanted = isMoved
          ? { e: 0, p: 'system', mx: 'move!' }
          : { e: ENOMEM, p: 'vram', mx: '' };
        return results({ starved: wanted })(run);
      }
      return results({
        two: { e: 0, p: 'system', mx: 'move!', my: 'move!' },
        // It was brought into system memory for the static one.
        'static-too': {
          ...{ mx: 'move!', e: EBUSY, p: 'system, 1 pins', my: 'move!', f: 0, q: 'vram' },
        },
        pinned: { e: EBUSY, p: 'vram, 1 pins', mx: '', f: 0, q: 'system' },
      })(run);
    },
    witness: {
      starved: reached((run) => resultNamed(run, 'e') === ENOMEM),
      pinned: reached((run) => resultNamed(run, 'e') === EBUSY),
    },
    faults: ['dyn-006-tells-nobody', 'dyn-006-moves-the-pinned', 'dyn-006-tells-too-early'],
  }),
  property({
    rules: ['DYN-007'],
    plan: `A notification ends no mapping: running jobs use it, no new one does, and the next finds the
      new place. The old one is free behind all fences.
      - a job before, behind and beside a move; there and back`,
    programs: [
      notified('behind', {
        setup: `${ONE}; dyn.write(i, 7)`,
        tasks: {
          A: `m0 = dyn.look(i); e = dyn.move(b, system); m1 = dyn.look(i); w = dyn.write(i, 8)
            m2 = dyn.look(i); ${IDLE}; c = dyn.content(b)`,
        },
      }),
      notified('there-and-back', {
        setup: `${ONE}; dyn.write(i, 7)`,
        tasks: {
          A: `m0 = dyn.look(i); e = dyn.move(b, system); m1 = dyn.look(i); w = dyn.move(b, vram)
            v = dyn.read(i); m2 = dyn.look(i); ${IDLE}; c = dyn.seen(i)`,
        },
      }),
      notified('beside', {
        setup: `${ONE}; dyn.write(i, 7)`,
        tasks: { A: 'w = dyn.write(i, 8)', B: 'e = dyn.move(b, system)' },
      }),
    ],
    schedules: DEVICES,
    forbids: ['use-after-free', 'double-free', 'attachments', 'deadlock'],
    holds: (run) => {
      const { name } = run.program;
      if (resultNamed(run, 'w') !== 0 || resultNamed(run, 'e') !== 0)
        return `${name}: a call fails`;
      if (name === 'beside') return null;
      const seen = { m0: 'valid vram', m1: 'stale nowhere' };
      return results({
        behind: { ...seen, m2: 'valid system', c: 8 },
        'there-and-back': { ...seen, m2: 'valid vram', c: 7 },
      })(run);
    },
    witness: { stale: reached((run) => resultNamed(run, 'm1') === 'stale nowhere') },
    faults: ['dyn-007-frees-at-once', 'dyn-007-deaf'],
  }),
  property({
    rules: ['DYN-008'],
    plan: `A device waits for moves and for those who write, and each of its jobs has a fence.
      - a read behind a move, implicit and explicit; behind the write of another device; a move
        behind a job of each kind`,
    programs: [
      notified('read-and-moved', {
        setup: `${ONE}; dyn.write(i, 7); ${IDLE}`,
        tasks: { A: `v = dyn.read(i, true); e = dyn.move(b, system); ${IDLE}; c = dyn.seen(i)` },
      }),
      ...[true, false].map((isExplicit) =>
        notified(isExplicit ? 'explicit' : 'implicit', {
          setup: `${ONE}; dyn.write(i, 7); ${IDLE}`,
          tasks: {
            A: `e = dyn.move(b, system); v = dyn.read(i, ${isExplicit}); ${IDLE}; c = dyn.seen(i)
              f = dyn.move(b, vram)`,
          },
        }),
      ),
      notified('writer', {
        setup: `${ONE}; j = dyn.open(b, cam, true)`,
        tasks: { A: `dyn.write(i, 7); v = dyn.read(j); ${IDLE}; c = dyn.seen(j)` },
      }),
    ],
    schedules: DEVICES,
    forbids: ['use-after-free', 'attachments'],
    holds: (run) =>
      resultNamed(run, 'v') === 0 && resultNamed(run, 'c') === 7
        ? null
        : `${run.program.name}: the device reads ${String(resultNamed(run, 'c'))}, not 7`,
    witness: { read: reached((run) => resultNamed(run, 'c') === 7, 20) },
    faults: [
      'dyn-008-ignores-moves',
      'dyn-008-ignores-writers',
      'dyn-008-adds-no-fence',
      'dyn-008-waits-for-writers-only',
    ],
  }),
  property({
    rules: ['DYN-011'],
    plan: `A notification can come before attaching is back: an importer is complete by then.
      - a move at every moment of opening`,
    programs: [
      notified('opening', {
        setup: 'b = dyn.export(peers: [nic])',
        tasks: { A: 'i = dyn.open(b, nic, true); m = dyn.look(i)', B: 'e = dyn.move(b, system)' },
      }),
    ],
    // To be told before the opening is back takes two preemptions.
    schedules: [{ kind: 'bounded', preemptions: 2, runsMax: 160 }],
    forbids: ['bug', 'races', 'use-after-free', 'deadlock', 'refinement'],
    holds: (run) =>
      resultNamed(run, 'i') === 0 && resultNamed(run, 'e') === 0 ? null : 'a call fails',
    witness: { early: reached(isToldEarly) },
    faults: ['dyn-011-attaches-first'],
  }),
  property({
    rules: ['DYN-012'],
    plan: `When detaching is back nothing is heard of moves any more.
      - a move at every moment of closing; with a mapping, and without`,
    programs: [
      notified('closing', {
        setup: 'b = dyn.export(peers: [nic]); i = dyn.open(b, nic, true)',
        tasks: { A: 'dyn.close(i)', B: 'e = dyn.move(b, system)' },
      }),
      notified('detaching', {
        setup: 'b = dyn.export(); x = attach.dynamic(b, nic); y = attach.dynamic(b, cam)',
        tasks: { A: 'attach.detach(b, x)', B: 'e = dyn.move(b, system)' },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 100 }],
    forbids: ['use-after-free', 'deadlock', 'races'],
    holds: both(toldTooLate, (run) =>
      resultNamed(run, 'e') === 0 ? null : 'a move of what is not pinned fails',
    ),
    witness: {
      told: reached((run) => told(run) > 0),
      notTold: reached((run) => told(run) === 0),
    },
    faults: ['dyn-012-leaves-it-listed', 'dyn-012-without-the-lock'],
  }),
  property({
    rules: ['DYN-013'],
    plan: `Within a notification nobody is waited for: other reservations are tried. Where that fails the
      mapping is only marked.
      - moves with and without a ticket; the root is free, taken, or taken by a job`,
    programs: [
      notified('move-taken', {
        setup: `${ONE}; rr = dyn.root(i); dyn.write(i, 7)`,
        tasks: {
          A: `task.sleep(5); e = dyn.move(b, system); m = dyn.look(i); w = dyn.write(i, 8)
            n = dyn.look(i)`,
          B: 'resv.lock(rr); task.sleep(10); resv.unlock(rr)',
        },
      }),
      ...(['move', 'moveWithTicket'] as const).flatMap((move) => [
        notified(`${move}-free`, {
          setup: `${ONE}; dyn.write(i, 7)`,
          tasks: { A: `e = dyn.${move}(b, system); m = dyn.look(i); w = dyn.write(i, 8)` },
        }),
        notified(`${move}-beside-a-job`, {
          setup: `${ONE}; dyn.write(i, 7)`,
          tasks: { A: `e = dyn.${move}(b, system)`, B: 'w = dyn.write(i, 8)' },
        }),
      ]),
    ],
    schedules: DEVICES,
    forbids: ['lockdep', 'lock-misuse', 'deadlock', 'attachments', 'use-after-free'],
    holds: (run) => {
      const { name } = run.program;
      if (resultNamed(run, 'w') !== 0 || resultNamed(run, 'e') !== 0)
        return `${name}: a call fails`;
      const wanted = { free: 'stale nowhere', taken: 'stale vram' }[name.split('-')[1] ?? ''];
      const found = resultNamed(run, 'm');
      return wanted === undefined || found === wanted ? null : `${name}: ${String(found)}`;
    },
    witness: { lazy: reached((run) => resultNamed(run, 'm') === 'stale vram') },
    faults: ['dyn-013-waits-without-ticket', 'dyn-013-needs-the-lock'],
  }),
];

/** It has been told before the call that opens it was back. */
function isToldEarly(run: Run): boolean {
  const opening = run.calls.find(({ call }) => call.out === 'i');
  const notice = run.sightings.find(({ name }) => name === 'notify');
  return (
    opening !== undefined &&
    opening.end !== null &&
    notice !== undefined &&
    notice.step < opening.end
  );
}
