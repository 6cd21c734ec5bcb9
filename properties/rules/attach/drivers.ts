import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import type { Schedules } from '../../run/explore.ts';

const EBUSY = -16;

/**
 * Engines work beside the tasks, and each choice between them doubles the schedules: some drawn
 * ones, and all in which nobody is preempted.
 */
const SCHEDULES: readonly Schedules[] = [
  { kind: 'random', runs: 60, seed: 1 },
  { kind: 'bounded', preemptions: 0, runsMax: 500 },
];

const EXPORTERS = ['plain', 'moving'] as const;
const IMPORTERS = ['static', 'dynamic'] as const;

/** A device of one kind uses a buffer of another, twice. */
const ALONE: readonly Program[] = EXPORTERS.flatMap((exporter) =>
  IMPORTERS.map((importer) =>
    program(`${importer}-on-${exporter}`, {
      world: { moveNotify: true },
      setup: `b = exporter.${exporter}(1)`,
      tasks: {
        A: `i = importer.${importer}(b); w = importer.write(i); e = exporter.move(b)
          v = importer.read(i); importer.close(i)`,
      },
    }),
  ),
);

/** Two devices at once, and the storage may move between and below them. */
const TOGETHER: Program = program('two-devices', {
  world: { moveNotify: true },
  setup: 'b = exporter.moving(1); i = importer.dynamic(b); j = importer.dynamic(b)',
  tasks: {
    A: 'w = importer.write(i); importer.close(i)',
    B: 'v = importer.read(j); e = exporter.move(b); importer.close(j)',
  },
});

/** A device that has its buffer mapped while the storage moves, and uses it again. */
const MOVED: Program = program('moved-below', {
  world: { moveNotify: true },
  setup: 'b = exporter.moving(1); i = importer.dynamic(b); importer.write(i)',
  tasks: { A: 'e = exporter.move(b); w = importer.write(i); importer.close(i)' },
});

/** One that uses it at the very moment. */
const MOVING: Program = program('moving-below', {
  world: { moveNotify: true },
  setup: 'b = exporter.moving(1); i = importer.dynamic(b); importer.write(i)',
  tasks: { A: 'w = importer.write(i)', B: 'e = exporter.move(b)' },
});

const works = reached((run) => resultNamed(run, 'w') === 0, 2);

/** What exporters and importers owe each other: the core does not look. */
export const DRIVER_PROPERTIES: readonly Property[] = [
  property({
    rules: ['ATTACH-009'],
    plan: `An importer has unmapped and unpinned everything when it detaches.
      - both kinds of importer on both kinds of exporter; two at once`,
    programs: [...ALONE, TOGETHER],
    schedules: SCHEDULES,
    forbids: ['attachments', 'leak'],
    witness: { works },
    faults: ['attach-009-stays-mapped', 'attach-009-stays-pinned'],
  }),
  property({
    rules: ['ATTACH-014'],
    plan: `What is pinned stays where it is, and is complete.
      - a move between pin and unpin, and after it; a pin while a move is under way`,
    programs: [
      program('pinned', {
        world: { moveNotify: true },
        setup: 'b = exporter.moving(1); r = buf.resv(b); a = attach.dynamic(b, gpu)',
        tasks: {
          A: `resv.lock(r); p = attach.pin(a); resv.unlock(r); e = exporter.move(b)
            resv.lock(r); attach.unpin(a); resv.unlock(r); f = exporter.move(b)`,
        },
      }),
      program('under-way', {
        world: { moveNotify: true },
        setup: `b = exporter.moving(1); r = buf.resv(b); a = attach.dynamic(b, gpu)
          e = exporter.move(b)`,
        tasks: {
          A: `resv.lock(r); p = attach.pin(a); resv.unlock(r); f = exporter.move(b)
            resv.lock(r); attach.unpin(a); resv.unlock(r)`,
        },
      }),
    ],
    schedules: SCHEDULES,
    forbids: ['refinement', 'attachments'],
    holds: results({
      pinned: { p: 0, e: EBUSY, f: 0 },
      'under-way': { e: 0, p: 0, f: EBUSY },
    }),
    witness: { refused: reached((run) => resultNamed(run, 'e') === EBUSY) },
    faults: ['attach-014-moves-anyway', 'attach-014-pins-at-once'],
  }),
  property({
    rules: ['ATTACH-018'],
    plan: `Each map gives a table of its own, which comes back once.
      - two maps of one attachment, of two attachments; all importers`,
    programs: [
      program('two-maps', {
        setup: 'b = exporter.plain(1); a = attach.static(b, gpu)',
        tasks: {
          A: `t = attach.mapUnlocked(a, TO_DEVICE); u = attach.mapUnlocked(a, TO_DEVICE)
            attach.unmapUnlocked(a, t, TO_DEVICE); attach.unmapUnlocked(a, u, TO_DEVICE)`,
        },
      }),
      ...ALONE,
      TOGETHER,
    ],
    schedules: SCHEDULES,
    forbids: ['attachments', 'double-free', 'use-after-free'],
    witness: { two: reached((run) => resultNamed(run, 'u') === 'b.table2') },
    faults: ['attach-018-one-table', 'attach-018-unmaps-twice'],
  }),
  property({
    rules: ['ATTACH-020'],
    plan: `A dynamic importer lets its device wait for the KERNEL fences.
      - a job behind a move, and beside one`,
    programs: [MOVED, MOVING],
    schedules: SCHEDULES,
    forbids: ['attachments'],
    holds: (run) => (resultNamed(run, 'w') === 0 ? null : 'the job was refused'),
    witness: { works },
    faults: ['attach-020-does-not-wait'],
  }),
  property({
    rules: ['ATTACH-022'],
    plan: `A table covers the buffer with whole pages.
      - one page and three, for each importer`,
    programs: [1, 3].map((pages) =>
      program(`pages-${pages}`, {
        setup: `b = exporter.plain(${pages})`,
        tasks: {
          A: `i = importer.static(b); w = importer.write(i); importer.close(i)
            j = importer.dynamic(b); v = importer.read(j); importer.close(j)`,
        },
      }),
    ),
    schedules: SCHEDULES,
    forbids: ['attachments'],
    witness: { works },
    faults: ['attach-022-one-page', 'attach-022-parts-of-pages'],
  }),
  property({
    rules: ['ATTACH-024'],
    plan: `Devices use a mapping in its direction and while it is mapped, and it is unmapped as it was
      mapped.
      - readers and writers of both kinds`,
    programs: [...ALONE, TOGETHER],
    schedules: SCHEDULES,
    forbids: ['attachments'],
    witness: { works },
    faults: ['attach-024-other-direction', 'attach-024-writes-what-it-reads'],
  }),
  property({
    rules: ['ATTACH-027'],
    plan: `Storage stays for as long as it is mapped.
      - two devices with mappings of their own; moves below them`,
    programs: [...ALONE, TOGETHER, MOVED],
    schedules: SCHEDULES,
    forbids: ['attachments', 'use-after-free', 'refinement'],
    witness: { works },
    faults: ['attach-027-frees-at-unmap'],
  }),
  property({
    rules: ['ATTACH-030'],
    plan: `After a move new mappings show the new place, and importers were told to make them.
      - maps before, during and after a move`,
    programs: [
      MOVED,
      MOVING,
      program('maps', {
        world: { moveNotify: true },
        setup: 'b = exporter.moving(1); a = attach.dynamic(b, gpu)',
        tasks: {
          A: `t = attach.mapUnlocked(a, TO_DEVICE); s = exporter.shows(b, t); e = exporter.move(b)
            x = exporter.shows(b, t); u = attach.mapUnlocked(a, TO_DEVICE)
            y = exporter.shows(b, u); attach.unmapUnlocked(a, t, TO_DEVICE)
            attach.unmapUnlocked(a, u, TO_DEVICE)`,
        },
      }),
    ],
    schedules: SCHEDULES,
    forbids: ['attachments'],
    holds: (run) =>
      run.program.name === 'maps'
        ? results({ maps: { s: 'here', e: 0, x: 'elsewhere', y: 'here' } })(run)
        : null,
    witness: { moved: reached((run) => resultNamed(run, 'y') === 'here') },
    faults: ['attach-030-maps-the-old-place', 'attach-030-tells-nobody'],
  }),
  property({
    rules: ['ATTACH-031'],
    plan: `The old place is given away only when the fences of those who use it have signaled, and
      who uses it has a fence.
      - jobs before, during and after a move`,
    programs: [MOVED, MOVING, TOGETHER],
    schedules: SCHEDULES,
    forbids: ['attachments', 'use-after-free'],
    witness: { works },
    faults: ['attach-031-frees-at-once', 'attach-031-keeps-the-old-table'],
  }),
  property({
    rules: ['ATTACH-032'],
    plan: `Moves and maps exclude each other.
      - a job and a map at the moment of a move`,
    programs: [
      MOVING,
      program('map-and-move', {
        world: { moveNotify: true },
        setup: 'b = exporter.moving(1); a = attach.dynamic(b, gpu)',
        tasks: {
          A: 't = attach.mapUnlocked(a, TO_DEVICE); attach.unmapUnlocked(a, t, TO_DEVICE)',
          B: 'e = exporter.move(b)',
        },
      }),
    ],
    schedules: SCHEDULES,
    forbids: ['attachments', 'lock-misuse'],
    witness: { moved: reached((run) => resultNamed(run, 'e') === 0, 2) },
    faults: ['attach-032-without-the-lock'],
  }),
  property({
    rules: ['ATTACH-033'],
    plan: `Before anything is mapped or pinned, storage may move; who is attached matters to nobody.
      - attached and not mapped; mapped by the core for one that does not follow; detached again`,
    programs: [
      program('free', {
        setup: 'b = exporter.moving(1); a = attach.dynamic(b, gpu)',
        tasks: { A: 'e = exporter.move(b); f = exporter.move(b)' },
      }),
      program('pinned', {
        setup: 'b = exporter.moving(1); a = attach.static(b, gpu)',
        tasks: { A: 'e = exporter.move(b); attach.detach(b, a); f = exporter.move(b)' },
      }),
    ],
    schedules: SCHEDULES,
    forbids: ['refinement'],
    holds: results({ free: { e: 0, f: 0 }, pinned: { e: EBUSY, f: 0 } }),
    witness: { moved: reached((run) => resultNamed(run, 'e') === 0) },
    faults: ['attach-033-stays-when-attached'],
  }),
];
