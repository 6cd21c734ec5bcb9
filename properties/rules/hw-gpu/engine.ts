import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Schedules } from '../../run/explore.ts';

/** One task: what can be chosen is the order of things that happen at one time. */
const ALONE: readonly Schedules[] = [{ kind: 'bounded', preemptions: 0, runsMax: 20 }];

const ONES = 0xffffffff;
/** Where a context sees the first buffer. */
const FIRST_VA = 0x4000_0000;

/** A driver that neither waits for jobs nor looks by itself: what the engine does is all there is. */
const BARE = 'g = gfx.create(timeout: -1, fallback: -1); b = gfx.buffer(g); c = gfx.buffer(g)';
/** Nothing is left in the cache. */
const SHOW = 'gfx.plain(g, FLUSH); gfx.put(g, 8); gfx.set(g, DOORBELL, 9); gfx.sleep(5000)';

/** Properties of the engine alone: its registers are programmed as a driver would do it. */
export const ENGINE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['HW-GPU-001'],
    plan: `The engine goes through its states as the table says, and its status tells them apart.
      - idle, hung, resetting, faulted (refused access, unknown command, buffer in a buffer), off, gone
      - doorbells in each of them: dropped where nothing is executed, but by an idle engine
      - a doorbell in the middle of a command; one that changes nothing
      (Every transition is walked besides, see properties/paths.)`,
    programs: [
      program('states', {
        tasks: {
          A: `${BARE}; gfx.set(g, IRQ_ENABLE, 0); i = gfx.get(g, STATUS)
            gfx.set(g, DOORBELL, 0); i0 = gfx.get(g, STATUS)
            gfx.plain(g, HANG); gfx.put(g, 0); gfx.set(g, DOORBELL, 1); gfx.sleep(5000)
            hung = gfx.get(g, STATUS); gfx.set(g, DOORBELL, 2); w = gfx.get(g, WPTR)
            gfx.set(g, RESET, 1); rs = gfx.get(g, STATUS); gfx.set(g, DOORBELL, 1)
            rw = gfx.get(g, WPTR); gfx.sleep(1000000); id = gfx.get(g, STATUS)
            gfx.write(g, b, 1, 1); gfx.put(g, 0); gfx.set(g, DOORBELL, 1); gfx.sleep(5000)
            fa = gfx.get(g, STATUS); ad = gfx.get(g, FAULT_ADDR); gfx.set(g, DOORBELL, 3)
            fw = gfx.get(g, WPTR); gfx.power(g, false); off = gfx.get(g, STATUS)
            gfx.set(g, DOORBELL, 1); ow = gfx.get(g, WPTR); gfx.power(g, true)
            on = gfx.get(g, STATUS); gfx.unplug(g); gone = gfx.get(g, STATUS)`,
        },
      }),
      program('commands', {
        tasks: {
          A: `${BARE}; gfx.set(g, IRQ_ENABLE, 0); gfx.context(g, 0); gfx.fence(g, 5, 0, c)
            gfx.putIn(g, b); gfx.context(g, 0); gfx.batch(g, b, 2); gfx.batch(g, b, 0); gfx.plain(g, NOP)
            gfx.put(g, 0); gfx.set(g, DOORBELL, 4); gfx.sleep(20000); n = gfx.look(c, 0)
            r = gfx.get(g, RPTR); s = gfx.get(g, STATUS); gfx.batch(g, b, 1); gfx.putIn(g, c)
            gfx.batch(g, c, 1); gfx.put(g, 4); gfx.set(g, DOORBELL, 5); gfx.sleep(20000)
            nested = gfx.get(g, STATUS); gfx.set(g, RESET, 1); gfx.sleep(1001000)
            gfx.set(g, DOORBELL, 7); gfx.sleep(20000); bad = gfx.get(g, STATUS)`,
        },
      }),
      program('busy', {
        tasks: {
          A: `${BARE}; gfx.await(g, c, 1); gfx.plain(g, NOP); gfx.plain(g, NOP); gfx.put(g, 0)
            gfx.set(g, DOORBELL, 1); gfx.sleep(5000); s = gfx.get(g, STATUS)
            gfx.set(g, DOORBELL, 3); w = gfx.get(g, WPTR); r = gfx.get(g, RPTR)
            gfx.store(c, 0, 1); gfx.sleep(5000); e = gfx.get(g, RPTR); i = gfx.get(g, STATUS)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      states: {
        i: 0,
        i0: 0,
        hung: 1,
        w: 1,
        rs: 3,
        rw: 0,
        id: 0,
        fa: 2,
        ad: FIRST_VA,
        fw: 1,
        off: 4,
        ow: 0,
        on: 0,
        gone: ONES,
      },
      commands: { n: 5, r: 4, s: 0, nested: 2, bad: 2 },
      busy: { s: 1, w: 3, r: 0, e: 3, i: 0 },
    }),
    forbids: ['refinement'],
    witness: { gone: reached((run) => resultNamed(run, 'gone') === ONES) },
    faults: ['hw-gpu-001-hears-while-hung', 'hw-gpu-001-batch-in-batch', 'hw-gpu-001-goes-on'],
  }),
  property({
    rules: ['HW-GPU-003'],
    allows: ['hardware'],
    plan: `A ring is full with 64 commands. The driver reserves room from the read pointer that it knows,
      and asks for a newer one only when it needs it. Who writes on is noted by the oracle.
      - 64 commands behind one that waits, one more is refused; after that there is room
      - 65 commands at once, without the driver`,
    programs: [
      program('full', {
        tasks: {
          A: `${BARE}; gfx.await(g, c, 1); gfx.plain(g, NOP, 62); f = gfx.submit(g); gfx.plain(g, NOP)
            full = gfx.submit(g); gfx.store(c, 0, 1); w = fence.wait(f); gfx.plain(g, NOP, 62)
            h = gfx.submit(g); x = fence.wait(h); s = fence.getStatus(h); r = gfx.records(g)`,
        },
      }),
      program('overrun', {
        tasks: {
          A: `${BARE}; gfx.await(g, c, 1); gfx.put(g, 0); gfx.set(g, DOORBELL, 65)
            gfx.sleep(5000); r = gfx.records(g); gfx.set(g, RESET, 1); gfx.sleep(1001000)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({ full: { full: -16, s: 1, r: '' }, overrun: { r: 'RING_OVERRUN' } }),
    witness: { full: reached((run) => resultNamed(run, 'full') === -16) },
    faults: ['hw-gpu-003-no-look', 'hw-gpu-003-one-too-many'],
  }),
  property({
    rules: ['HW-GPU-004'],
    plan: `The read pointer advances when a command is done, and a buffer of commands is one command.
      - while a command waits; in the middle of a buffer; at the end`,
    programs: [
      program('pointer', {
        tasks: {
          A: `${BARE}; gfx.plain(g, NOP); gfx.await(g, c, 1); gfx.putIn(g, b); gfx.context(g, 0)
            gfx.batch(g, b, 2); gfx.put(g, 0); gfx.set(g, DOORBELL, 2); gfx.sleep(5000)
            r = gfx.get(g, RPTR); gfx.store(c, 0, 1); gfx.sleep(5000); e = gfx.get(g, RPTR)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({ pointer: { r: 1, e: 2 } }),
    forbids: ['refinement'],
    witness: { waits: reached((run) => resultNamed(run, 'r') === 1) },
    faults: ['hw-gpu-004-early'],
  }),
  property({
    rules: ['HW-GPU-005'],
    plan: `Commands about memory take one line after the other, and look for the page of each.
      - a write and a copy; another page in the middle of a write`,
    programs: [
      program('lines', {
        tasks: {
          A: `${BARE}; gfx.context(g, 0); gfx.write(g, b, 3, 7); gfx.copy(g, b, c, 2); gfx.put(g, 0)
            gfx.set(g, DOORBELL, 3); gfx.sleep(5000); ${SHOW.replaceAll('8', '3').replaceAll('9', '4')}
            b0 = gfx.look(b, 0); b2 = gfx.look(b, 2); b3 = gfx.look(b, 3); c1 = gfx.look(c, 1)
            c2 = gfx.look(c, 2)`,
        },
      }),
      program('moved', {
        tasks: {
          A: `${BARE}; gfx.context(g, 0); gfx.write(g, b, 20, 1); gfx.plain(g, FLUSH); gfx.put(g, 0)
            gfx.set(g, DOORBELL, 3); gfx.sleep(900); gfx.show(c, 0, true, b); gfx.sleep(9000)
            b0 = gfx.look(b, 0); b19 = gfx.look(b, 19); c0 = gfx.look(c, 0); c19 = gfx.look(c, 19)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      lines: {
        b0: 'gpu v0 f7 l0',
        b2: 'gpu v0 f7 l2',
        b3: 'ZERO',
        c1: 'gpu v0 f7 l1',
        c2: 'ZERO',
      },
      moved: { b0: 'gpu v0 f1 l0', b19: 'ZERO', c0: 'ZERO', c19: 'gpu v0 f1 l19' },
    }),
    witness: { moved: reached((run) => resultNamed(run, 'c19') === 'gpu v0 f1 l19') },
    faults: ['hw-gpu-005-keeps-translations'],
  }),
  property({
    rules: ['HW-GPU-006'],
    plan: `A fence makes the data visible first, if it is to, then its number, then its status, and then it
      raises its interrupt. Each is a step: in every run in this order.
      - all flags; what is in the cache is seen behind the number with a flush only
      - what the driver submits`,
    programs: [
      program('flags', {
        tasks: {
          A: `${BARE}; gfx.context(g, 0); gfx.write(g, b, 1, 7); gfx.fence(g, 5, 0, c); gfx.put(g, 0)
            gfx.set(g, DOORBELL, 3); gfx.sleep(9000); n0 = gfx.look(c, 0); d0 = gfx.look(b, 0)
            gfx.fence(g, 6, 1, c); gfx.put(g, 3); gfx.set(g, DOORBELL, 4); gfx.sleep(1500)
            early = gfx.look(c, 0); gfx.sleep(9000)
            n1 = gfx.look(c, 0); d1 = gfx.look(b, 0); q1 = gfx.get(g, IRQ_STATUS)
            gfx.set(g, IRQ_ENABLE, 0); gfx.fence(g, 7, 2, c); gfx.put(g, 4); gfx.set(g, DOORBELL, 5)
            gfx.sleep(9000); q2 = gfx.get(g, IRQ_STATUS); v = gfx.deliveries(g)`,
        },
      }),
      program('job', {
        tasks: {
          A: `${BARE}; gfx.context(g, 0); gfx.write(g, b, 4, 7); f = gfx.submit(g); w = fence.wait(f)
            d = gfx.look(b, 3); q = gfx.seq(g); v = gfx.deliveries(g)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      flags: { n0: 5, d0: 'ZERO', early: 5, n1: 6, d1: 'gpu v0 f7 l0', q1: 0, q2: 1, v: 0 },
      job: { d: 'gpu v0 f7 l3', q: 1, v: 1 },
    }),
    forbids: ['refinement'],
    witness: { seen: reached((run) => resultNamed(run, 'd') === 'gpu v0 f7 l3') },
    faults: ['hw-gpu-006-no-flush', 'hw-gpu-006-number-first', 'hw-gpu-006-interrupt-first'],
  }),
  property({
    rules: ['HW-GPU-013'],
    plan: `A reset drops what is on the ring, the cache and what is on its way; it keeps memory, and takes
      a millisecond, which begins anew with each reset. Nothing of the old jobs reaches memory.
      - in the middle of a write, of a flush with writes on their way, of a reset`,
    programs: [
      program('flush', {
        tasks: {
          A: `${BARE}; gfx.context(g, 0); gfx.write(g, b, 2, 1); gfx.fence(g, 4, 1, c); gfx.put(g, 0)
            gfx.set(g, DOORBELL, 3); gfx.sleep(1000); gfx.set(g, RESET, 1); gfx.sleep(900000)
            gfx.set(g, RESET, 1); gfx.sleep(900000); s = gfx.get(g, STATUS); gfx.sleep(200000)
            i = gfx.get(g, STATUS); d = gfx.look(b, 0); n = gfx.look(c, 0); r = gfx.get(g, RPTR)
            x = gfx.get(g, ACTIVE_CTX); gfx.plain(g, FLUSH); gfx.put(g, 0); gfx.set(g, DOORBELL, 1)
            gfx.sleep(5000); e = gfx.look(b, 0)`,
        },
      }),
      program('dirty', {
        tasks: {
          A: `${BARE}; gfx.context(g, 0); gfx.write(g, b, 2, 1); gfx.plain(g, HANG); gfx.put(g, 0)
            gfx.set(g, DOORBELL, 3); gfx.sleep(5000); gfx.set(g, RESET, 1); gfx.sleep(1001000)
            gfx.plain(g, FLUSH); gfx.put(g, 0); gfx.set(g, DOORBELL, 1); gfx.sleep(5000)
            d = gfx.look(b, 0)`,
        },
      }),
      program('kept', {
        tasks: {
          A: `${BARE}; gfx.context(g, 0); gfx.write(g, b, 1, 1); f = gfx.submit(g); w = fence.wait(f)
            gfx.set(g, RESET, 1); gfx.sleep(1001000); d = gfx.look(b, 0)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      flush: { s: 3, i: 0, d: 'ZERO', n: 'ZERO', r: 0, x: -1, e: 'ZERO' },
      dirty: { d: 'ZERO' },
      kept: { d: 'gpu v0 f1 l0' },
    }),
    forbids: ['refinement'],
    witness: { reset: reached((run) => resultNamed(run, 's') === 3) },
    faults: ['hw-gpu-013-lands-after', 'hw-gpu-013-keeps-cache', 'hw-gpu-013-short'],
  }),
  property({
    rules: ['HW-GPU-017'],
    plan: `Each context has addresses of its own, for data and for buffers of commands; a switch forgets
      what is cached of the one before.
      - one address in two contexts, with other pages; read-only pages
      - a buffer of commands that only the other context has`,
    programs: [
      program('contexts', {
        tasks: {
          A: `${BARE}; gfx.show(c, 1, true, b); gfx.context(g, 0); gfx.write(g, b, 1, 1)
            gfx.context(g, 1); gfx.write(g, b, 1, 2); gfx.plain(g, FLUSH); gfx.put(g, 0)
            gfx.set(g, DOORBELL, 5); gfx.sleep(9000); x = gfx.look(b, 0); y = gfx.look(c, 0)`,
        },
      }),
      program('commands', {
        tasks: {
          A: `${BARE}; gfx.set(g, IRQ_ENABLE, 0); gfx.fence(g, 5, 0, c); gfx.putIn(g, b); gfx.context(g, 1)
            gfx.batch(g, b, 1); gfx.put(g, 0); gfx.set(g, DOORBELL, 2); gfx.sleep(9000)
            s = gfx.get(g, STATUS); n = gfx.look(c, 0)`,
        },
      }),
      program('read-only', {
        tasks: {
          A: `${BARE}; gfx.set(g, IRQ_ENABLE, 0); gfx.show(b, 1, false); gfx.show(c, 1); gfx.context(g, 1)
            gfx.copy(g, b, c, 1); gfx.put(g, 0); gfx.set(g, DOORBELL, 2); gfx.sleep(9000)
            r = gfx.get(g, STATUS); gfx.write(g, b, 1, 1); gfx.put(g, 2); gfx.set(g, DOORBELL, 3)
            gfx.sleep(9000); w = gfx.get(g, STATUS)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      contexts: { x: 'gpu v0 f1 l0', y: 'gpu v1 f2 l0' },
      commands: { s: 2, n: 'ZERO' },
      'read-only': { r: 0, w: 2 },
    }),
    witness: { both: reached((run) => resultNamed(run, 'y') === 'gpu v1 f2 l0') },
    faults: ['hw-gpu-005-keeps-translations', 'hw-gpu-017-no-switch'],
  }),
];
