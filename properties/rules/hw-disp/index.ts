import '../../programs/operations/index.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Schedules } from '../../run/explore.ts';

/** One task: what can be chosen is the order of things that happen at one time. */
const ALONE: readonly Schedules[] = [{ kind: 'bounded', preemptions: 0, runsMax: 20 }];
/** Nature makes one mistake, at each place where it can. */
const MISTAKES: readonly Schedules[] = [{ kind: 'bounded', preemptions: 0, runsMax: 150 }];
const BETWEEN: readonly Schedules[] = [{ kind: 'bounded', preemptions: 1, runsMax: 150 }];

const BUFFERS = 'a = disp.buffer(d, 1); b = disp.buffer(d, 2); disp.plane(d, a)';
/** Two lines that are read and a blank one; drawing 1 is shown. */
const ON = `d = disp.create(); ${BUFFERS}; disp.set(d, ENABLE, 1); z = disp.get(d, LINE)`;
const OFF = 'disp.set(d, ENABLE, 0); disp.sleep(d, 4)';
const FRAME_FAULT = 4;

/** Properties of a screen, and of who drives it. */
export const HW_DISP_PROPERTIES: readonly Property[] = [
  property({
    rules: ['HW-DISP-001'],
    plan: `Where the scan stands is a function of time. Between two frames the registers are taken over, the
      frame is counted, and the interrupt comes, in this order.
      - the line and the count at each line of more than one frame`,
    programs: [
      program('lines', {
        tasks: {
          A: `${ON}; l0 = disp.get(d, LINE); disp.sleep(d, 1); l1 = disp.get(d, LINE)
            c1 = disp.get(d, FRAME_COUNT); disp.sleep(d, 1); l2 = disp.get(d, LINE)
            c2 = disp.get(d, FRAME_COUNT); q = disp.get(d, IRQ_STATUS); disp.sleep(d, 1)
            l3 = disp.get(d, LINE); disp.sleep(d, 3); l6 = disp.get(d, LINE)
            c6 = disp.get(d, FRAME_COUNT); ${OFF}`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({ lines: { l0: 0, l1: 1, c1: 0, l2: 2, c2: 1, q: 0, l3: 0, l6: 0, c6: 2 } }),
    forbids: ['refinement'],
    witness: { counted: reached((run) => resultNamed(run, 'c6') === 2) },
    faults: ['hw-disp-001-counts-first', 'hw-disp-001-line-of-frame'],
  }),
  property({
    rules: ['HW-DISP-002'],
    plan: `If it was asked for, all registers of all planes are taken over at once; else the frame is
      repeated, and nobody sees half of an update.
      - two planes written without asking, then with; what was asked for is taken over once`,
    programs: [
      program('planes', {
        tasks: {
          A: `d = disp.create(planes: 2); ${BUFFERS}; disp.plane(d, a, 1); disp.set(d, ENABLE, 1)
            disp.plane(d, b, 0); disp.sleep(d, 3); disp.plane(d, b, 1); disp.set(d, GO, 1)
            disp.sleep(d, 3); g = disp.get(d, GO); disp.plane(d, a, 0); disp.sleep(d, 3); ${OFF}
            x = disp.shown(d, 0); y = disp.shown(d, 1)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({ planes: { g: 0, x: '1.1 1.1 2.2 2.2', y: '1.1 1.1 2.2 2.2' } }),
    forbids: ['refinement'],
    witness: { both: reached((run) => resultNamed(run, 'y') === '1.1 1.1 2.2 2.2') },
    faults: ['hw-disp-002-never-asked', 'hw-disp-002-keeps-asking'],
  }),
  property({
    rules: ['HW-DISP-003'],
    plan: `Hardware that takes over each register by itself shows a mixed frame when an update lies on both
      sides of the blank lines, and none when it does not begin right before them.
      - planes written before and after the blank lines; both after them`,
    programs: [
      program('straddles', {
        tasks: {
          A: `d = disp.create(planes: 2, hasGo: false); ${BUFFERS}; disp.plane(d, a, 1)
            disp.set(d, ENABLE, 1); z = disp.get(d, LINE); disp.sleep(d, 1); disp.plane(d, b, 0)
            disp.sleep(d, 1)
            disp.plane(d, b, 1); disp.sleep(d, 4); ${OFF}; x = disp.shown(d, 0); y = disp.shown(d, 1)`,
        },
      }),
      program('evades', {
        tasks: {
          A: `d = disp.create(planes: 2, hasGo: false); ${BUFFERS}; disp.plane(d, a, 1)
            disp.set(d, ENABLE, 1); z = disp.get(d, LINE); disp.sleep(d, 2); disp.plane(d, b, 0)
            disp.plane(d, b, 1)
            disp.sleep(d, 4); ${OFF}; x = disp.shown(d, 0); y = disp.shown(d, 1)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      straddles: { x: '1.1 2.2 2.2', y: '1.1 1.1 2.2' },
      evades: { x: '1.1 1.1 2.2', y: '1.1 1.1 2.2' },
    }),
    witness: { mixed: reached((run) => resultNamed(run, 'y') === '1.1 1.1 2.2') },
    faults: ['hw-disp-003-waits'],
  }),
  property({
    rules: ['HW-DISP-004'],
    plan: `At the start of each line its memory lines are read where the frame is, and at most a few of the
      next line in advance; they are logged.
      - four memory lines in a line, with and without read-ahead; a drawing that comes in between`,
    programs: [
      program('at-once', {
        tasks: {
          A: `d = disp.create(lineTokens: 4); ${BUFFERS}; disp.set(d, ENABLE, 1); l = disp.get(d, LINE)
            disp.draw(d, a, 3); ${OFF}; x = disp.shown(d)`,
        },
      }),
      program('ahead', {
        tasks: {
          A: `d = disp.create(lineTokens: 4, readAhead: 1); ${BUFFERS}; disp.set(d, ENABLE, 1)
            l = disp.get(d, LINE); disp.draw(d, a, 3); ${OFF}; x = disp.shown(d)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({ 'at-once': { x: '1.3' }, ahead: { x: '1.1' } }),
    allows: ['hardware'],
    witness: { ahead: reached((run) => resultNamed(run, 'x') === '1.1') },
    faults: ['hw-disp-004-reads-nothing-ahead', 'hw-disp-004-whole-frame'],
  }),
  property({
    rules: ['HW-DISP-005'],
    plan: `A change at once is made at the next line, and lines from there on are marked.
      - asked for in the first line; the mark ends with the frame`,
    programs: [
      program('flip', {
        tasks: {
          A: `${ON}; disp.plane(d, b); disp.set(d, FLIP, 1); disp.sleep(d, 3); ${OFF}
            x = disp.shown(d); r = disp.records(d)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({ flip: { x: '1.2!1 2.2', r: '' } }),
    forbids: ['refinement'],
    witness: { torn: reached((run) => resultNamed(run, 'x') === '1.2!1 2.2') },
    faults: ['hw-disp-005-unmarked'],
  }),
  property({
    rules: ['HW-DISP-006'],
    plan: `Asking for a frame and asking to be told are one thing to the interrupt handler, wherever the blank
      lines come: it tells when the frame is shown, and then.
      - flips in each line of a frame; the frame count when the fence signals`,
    programs: [0, 1, 2].map((lines) =>
      program(`line-${lines}`, {
        tasks: {
          A: `${ON}; disp.sleep(d, ${lines}); f = disp.flip(d, b); w = fence.wait(f)
            s = disp.get(d, ACTIVE0.ADDR); e = disp.get(d, SHADOW0.ADDR); c = disp.get(d, FRAME_COUNT); ${OFF}`,
        },
      }),
    ),
    schedules: ALONE,
    holds: (run) => {
      if (resultNamed(run, 's') !== resultNamed(run, 'e')) return 'told before it is shown';
      const expected = run.program.name === 'line-2' ? 2 : 1;
      return resultNamed(run, 'c') === expected ? null : 'told in another frame';
    },
    forbids: ['deadlock'],
    witness: { told: reached((run) => resultNamed(run, 'c') === 2) },
    faults: ['hw-disp-006-arms-late', 'hw-disp-010-believes'],
  }),
  property({
    rules: ['HW-DISP-007'],
    allows: ['hardware'],
    plan: `A line that the bus refuses shows the fault token and sets the status; a line that comes late shows
      the line before. The next line is read as ever.
      - a frame that is unmapped after its first line; one mistake of nature`,
    programs: [
      program('refused', {
        tasks: {
          A: `${ON}; l = disp.get(d, LINE); disp.unmap(d, a); disp.sleep(d, 1); q = disp.get(d, IRQ_STATUS)
            disp.plane(d, b); disp.set(d, GO, 1); disp.sleep(d, 3); ${OFF}; x = disp.shown(d)`,
        },
      }),
      program('late', {
        world: { hardwareFaultsMax: 1 },
        setup: `d = disp.create(); ${BUFFERS}`,
        tasks: {
          A: `disp.set(d, ENABLE, 1); disp.sleep(d, 1); ${OFF}; x = disp.shown(d)
            q = disp.get(d, IRQ_STATUS)`,
        },
      }),
    ],
    schedules: MISTAKES,
    holds: (run) => {
      if (run.program.name === 'refused') {
        return results({ refused: { q: FRAME_FAULT, x: '1.x!4 2.2' } })(run);
      }
      const shown = `${String(resultNamed(run, 'x'))} ${Number(resultNamed(run, 'q')) & 2}`;
      return ['1.1 0', '1.1!2 2', 'x!2.1 2'].includes(shown) ? null : `shown is ${shown}`;
    },
    witness: { late: reached((run) => resultNamed(run, 'x') === '1.1!2') },
    faults: ['hw-disp-007-stops', 'hw-disp-007-silent'],
  }),
  property({
    rules: ['HW-DISP-008'],
    allows: ['hardware'],
    plan: `A frame is in use from the moment it is taken over until another one is. Who draws into it
      meanwhile, or takes it away, is noted by the oracle.
      - after the fence of its own commit, and after that of the next one; an unmapping`,
    programs: [
      program('too-early', {
        tasks: {
          A: `${ON}; f = disp.flip(d, b); w = fence.wait(f); disp.sleep(d, 1); disp.draw(d, b, 3)
            disp.sleep(d, 3); ${OFF}; r = disp.records(d)`,
        },
      }),
      program('in-time', {
        tasks: {
          A: `${ON}; f = disp.flip(d, b); w = fence.wait(f); disp.draw(d, a, 3); disp.unmap(d, a)
            disp.sleep(d, 3); ${OFF}; r = disp.records(d)`,
        },
      }),
      program('unmapped', {
        tasks: { A: `${ON}; l = disp.get(d, LINE); disp.unmap(d, a); ${OFF}; r = disp.records(d)` },
      }),
    ],
    schedules: ALONE,
    holds: results({
      'too-early': { r: 'SCANOUT_RACE' },
      'in-time': { r: '' },
      unmapped: { r: 'IOMMU_FAULT SCANOUT_RACE' },
    }),
    witness: { race: reached((run) => resultNamed(run, 'r') === 'SCANOUT_RACE') },
    faults: ['hw-disp-008-old-frame'],
  }),
  property({
    rules: ['HW-DISP-009'],
    plan: `An interrupt may be lost: the next one finds out what was shown meanwhile, a period later.
      - one flip, and one mistake of nature at each place where it can make one`,
    programs: [
      program('lost', {
        world: { hardwareFaultsMax: 1 },
        setup: `d = disp.create(); ${BUFFERS}; disp.set(d, ENABLE, 1)`,
        tasks: { A: 'f = disp.flip(d, b); w = fence.wait(f); c = disp.get(d, FRAME_COUNT)' },
      }),
    ],
    schedules: BETWEEN,
    holds: (run) => {
      const count = Number(resultNamed(run, 'c'));
      // A late interrupt is one of a later frame.
      return count >= 1 && count <= 25 ? null : `told after ${count} frames`;
    },
    forbids: ['deadlock'],
    witness: { late: reached((run) => resultNamed(run, 'c') === 2) },
    faults: ['hw-disp-009-this-frame-only'],
  }),
  property({
    rules: ['HW-DISP-010'],
    plan: `An interrupt for nothing tells of nothing: no frame has passed.
      - one between a flip and the blank lines`,
    programs: [
      program('spurious', {
        tasks: {
          A: `${ON}; f = disp.flip(d, b); disp.spurious(d); v = task.sleep(1); s = fence.getStatus(f)
            c = disp.get(d, FRAME_COUNT); w = fence.wait(f); t = fence.getStatus(f); ${OFF}`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({ spurious: { s: 0, c: 0, t: 1 } }),
    witness: { early: reached((run) => resultNamed(run, 's') === 0) },
    faults: ['hw-disp-010-believes'],
  }),
  property({
    rules: ['HW-DISP-011'],
    allows: ['hardware'],
    plan: `A screen that is switched off reads to the end of its frame: its buffer is in use until then.
      - unmapped at once, and after a frame`,
    programs: [
      program('at-once', {
        tasks: {
          A: `${ON}; l = disp.get(d, LINE); disp.set(d, ENABLE, 0); disp.unmap(d, a); disp.sleep(d, 3)
            x = disp.shown(d); r = disp.records(d)`,
        },
      }),
      program('later', {
        tasks: {
          A: `${ON}; l = disp.get(d, LINE); disp.set(d, ENABLE, 0); disp.sleep(d, 3); disp.unmap(d, a)
            x = disp.shown(d); r = disp.records(d); c = disp.get(d, FRAME_COUNT)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      'at-once': { x: '1.x!4', r: 'IOMMU_FAULT SCANOUT_RACE' },
      later: { x: '1.1', r: '', c: 0 },
    }),
    forbids: ['refinement'],
    witness: { faulted: reached((run) => resultNamed(run, 'x') === '1.x!4') },
    faults: ['hw-disp-011-at-once'],
  }),
  property({
    rules: ['HW-DISP-012'],
    plan: `Switched on, a screen shows at once what was programmed, from line 0, and forgets what was asked for;
      switched off, it counts on where it was, and does nothing. A screen that is gone stays away.
      - on, off, programmed and asked while it is off, on, gone`,
    programs: [
      program('states', {
        tasks: {
          A: `${ON}; disp.sleep(d, 3); ${OFF}; c = disp.get(d, FRAME_COUNT); disp.sleep(d, 6)
            e = disp.get(d, FRAME_COUNT); disp.plane(d, b); disp.set(d, GO, 1); disp.set(d, ENABLE, 1)
            g = disp.get(d, GO); l = disp.get(d, LINE); disp.sleep(d, 3); ${OFF}; x = disp.shown(d)
            h = disp.get(d, FRAME_COUNT); disp.unplug(d); i = disp.get(d, FRAME_COUNT)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      states: { c: 1, e: 1, g: 0, l: 0, x: '1.1 1.1 2.2 2.2', h: 2, i: 0xffffffff },
    }),
    forbids: ['refinement'],
    witness: { gone: reached((run) => resultNamed(run, 'i') === 0xffffffff) },
    faults: ['hw-disp-012-keeps-asking', 'hw-disp-012-waits'],
  }),
];
