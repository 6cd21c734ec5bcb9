import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import type { Run } from '../../run/run.ts';

/** A dynamic buffer with an importer that follows moves. */
const DYNAMIC = 'b = buf.export(dynamic: true); r = buf.resv(b); a = attach.dynamic(b, gpu)';

/** Calls that want the lock, each with what must have happened before, and what must follow. */
const NEED_LOCK: Readonly<Record<string, { before: string; call: string; after: string }>> = {
  pin: { before: '', call: 'attach.pin(a)', after: 'attach.unpin(a)' },
  unpin: { before: 'attach.pin(a)', call: 'attach.unpin(a)', after: '' },
  map: {
    before: '',
    call: 't = attach.map(a, TO_DEVICE)',
    after: 'attach.unmap(a, t, TO_DEVICE)',
  },
  unmap: {
    before: 't = attach.map(a, TO_DEVICE)',
    call: 'attach.unmap(a, t, TO_DEVICE)',
    after: '',
  },
  vmap: { before: '', call: 'v = buf.vmap(b)', after: 'buf.vunmap(b, v)' },
  vunmap: { before: 'v = buf.vmap(b)', call: 'buf.vunmap(b, v)', after: '' },
  move: { before: '', call: 'buf.moveNotify(b)', after: '' },
};

function locked(calls: string): string {
  return calls === '' ? '' : `resv.lock(r); ${calls}; resv.unlock(r)`;
}

/** Each call in question without the lock, and as a control with it. */
function needingLock(names: readonly string[]): Program[] {
  return names.flatMap((name) => {
    const { before, call, after } = NEED_LOCK[name] ?? { before: '', call: '', after: '' };
    return [
      program(name, {
        setup: DYNAMIC,
        tasks: { A: [locked(before), call, locked(after)].join('; ') },
      }),
      program(`${name}-ok`, {
        setup: DYNAMIC,
        tasks: { A: locked([before, call, after].filter((part) => part !== '').join('; ')) },
      }),
    ];
  });
}

/** Calls that take the lock, or may: each made by who has it. */
const TAKE_LOCK: Readonly<Record<string, { before: string; call: string }>> = {
  attach: { before: '', call: 'attach.static(b, camera)' },
  dynamicAttach: { before: '', call: 'attach.dynamic(b, camera)' },
  detach: { before: '', call: 'attach.detach(b, a)' },
  mapUnlocked: { before: '', call: 'attach.mapUnlocked(a, TO_DEVICE)' },
  unmapUnlocked: {
    before: 't = attach.mapUnlocked(a, TO_DEVICE)',
    call: 'attach.unmapUnlocked(a, t, TO_DEVICE)',
  },
  vmapUnlocked: { before: '', call: 'buf.vmapUnlocked(b)' },
  vunmapUnlocked: { before: 'v = buf.vmapUnlocked(b)', call: 'buf.vunmapUnlocked(b, v)' },
  begin: { before: '', call: 'buf.begin(b, TO_DEVICE)' },
  end: { before: '', call: 'buf.end(b, TO_DEVICE)' },
  poll: { before: 'c = buf.export(resv: r); d = buf.fd(c)', call: 'sys.poll(d, in, 0)' },
};

/** By who has locked it plainly, and by who has in a transaction. */
function takingLock(by: 'plain' | 'transaction', names: readonly string[]): Program[] {
  return names.map((name) => {
    const { before, call } = TAKE_LOCK[name] ?? { before: '', call: '' };
    const lock = by === 'plain' ? 'resv.lock(r)' : 'ww.enter(x); resv.lock(r, x)';
    const unlock = by === 'plain' ? 'resv.unlock(r)' : 'resv.unlock(r); ww.fini(x)';
    const context = by === 'plain' ? '' : '; x = ww.prepare()';
    return program(name, {
      setup: `${DYNAMIC}${context}`,
      tasks: { A: [before, lock, call, unlock].filter((part) => part !== '').join('; ') },
      mayBlock: ['A'],
    });
  });
}

function reports(run: Run): number {
  return run.violations.filter(({ kind }) => kind === 'lock-misuse' || kind === 'lockdep').length;
}

/** Programs whose names end with `ok` are right, the others are reported. */
function reported(run: Run): string | null {
  const isMeant = !run.program.name.endsWith('ok');
  return reports(run) > 0 === isMeant ? null : `${run.program.name}: ${reports(run)} reports`;
}

/** Every operation of an exporter at least once. */
const EVERYTHING = `a = attach.dynamic(b, gpu); s = attach.static(b, camera); resv.lock(r)
  attach.pin(a); t = attach.map(a, TO_DEVICE); attach.unmap(a, t, TO_DEVICE); attach.unpin(a)
  buf.moveNotify(b); resv.unlock(r); v = buf.vmapUnlocked(b); buf.vunmapUnlocked(b, v)
  buf.begin(b, TO_DEVICE); buf.end(b, TO_DEVICE); buf.mmapInto(b); attach.detach(b, a)
  attach.detach(b, s)`;

/** The same of an exporter of the kernel, to its end. */
const REAL: readonly Program[] = (['system', 'cma', 'udmabuf', 'vgem'] as const).map((kind) =>
  program(kind, {
    setup: `b = buf.exportReal(${kind}, 8192)`,
    tasks: {
      A: `a = attach.static(b, gpu); t = attach.mapUnlocked(a, TO_DEVICE)
        attach.unmapUnlocked(a, t, TO_DEVICE); v = buf.vmapUnlocked(b); buf.vunmapUnlocked(b, v)
        buf.begin(b, TO_DEVICE); buf.end(b, TO_DEVICE); buf.mmapInto(b); attach.detach(b, a)
        buf.put(b)`,
    },
  }),
);

/** What the tasks of a program have made the core ask of exporters. */
function asked(run: Run): ReadonlySet<string> {
  return new Set(run.sightings.map(({ name }) => name).filter((name) => name.startsWith('ops.')));
}

/** Properties of who holds the reservation lock when somebody is called. */
export const CONVENTION_PROPERTIES: readonly Property[] = [
  property({
    rules: ['LOCKING-001'],
    plan: `pin, unpin, map, unmap, vmap and vunmap are called with the lock; without it they are
      reported.
      - each of them with and without it`,
    programs: needingLock(['pin', 'unpin', 'map', 'unmap', 'vmap', 'vunmap']),
    allows: ['lock-misuse'],
    holds: reported,
    witness: { reported: reached((run) => reports(run) > 0, 6) },
    faults: ['locking-001-unproven'],
  }),
  property({
    rules: ['LOCKING-002'],
    plan: `Calls that take the lock themselves, or might, are reported when the caller has it.
      - attach, detach, the four unlocked forms, begin and end; export, descriptors, references and
        mmap, which nobody reports, work without it`,
    programs: [
      ...takingLock(
        'plain',
        Object.keys(TAKE_LOCK).filter((name) => name !== 'poll'),
      ),
      program('others-ok', {
        tasks: {
          A: `b = buf.export(); d = buf.fd(b); c = buf.get(d); buf.mmapInto(c); buf.put(c)
            q = buf.begin(b, TO_DEVICE); e = buf.end(b, TO_DEVICE)`,
        },
      }),
    ],
    allows: ['lockdep', 'deadlock', 'refinement', 'buffer calls'],
    holds: reported,
    witness: { reported: reached((run) => reports(run) > 0, 8) },
    faults: ['cpu-006-unproven', 'locking-002-nested'],
  }),
  property({
    rules: ['LOCKING-003'],
    plan: `The exporter's attach, detach, release, begin, end and mmap run without the lock, so that
      they may take it.
      - every operation of a mock; heaps, udmabuf and vgem, to their end`,
    programs: [
      program('mock', {
        world: {},
        setup: 'b = buf.export(dynamic: true); r = buf.resv(b)',
        tasks: { A: `${EVERYTHING}; c = buf.calls(b); buf.put(b); o = buf.releases(b)` },
      }),
      ...REAL,
    ],
    holds: (run) => {
      const o = resultNamed(run, 'o');
      if (run.program.name === 'mock' && o !== 'A unlisted uncounted')
        return `release: ${String(o)}`;
      const told = asked(run);
      const missing = ['release', 'mmap'].filter((op) => !told.has(`ops.${op}`));
      return missing.length === 0 ? null : `never called: ${missing.join(', ')}`;
    },
    forbids: ['buffer calls'],
    witness: {
      mock: reached((run) => run.program.name === 'mock' && asked(run).size === 13),
      real: reached(
        (run) =>
          REAL.some(({ name }) => name === run.program.name) && asked(run).has('ops.release'),
        4,
      ),
    },
    faults: ['locking-003-attach', 'locking-003-detach', 'BUG-BUF-06', 'cpu-006-locked'],
  }),
  property({
    rules: ['LOCKING-004'],
    plan: `The exporter's pin, unpin, map, unmap, vmap and vunmap run with the lock.
      - every operation of a mock; a table that the core keeps; heaps, udmabuf and vgem`,
    programs: [
      program('mock', {
        setup: 'b = buf.export(dynamic: true); r = buf.resv(b)',
        tasks: { A: `${EVERYTHING}; c = buf.calls(b)` },
      }),
      program('kept', {
        setup: 'b = buf.export(cached: true); r = buf.resv(b)',
        tasks: {
          A: `a = attach.static(b, gpu); t = attach.mapUnlocked(a, TO_DEVICE)
            attach.unmapUnlocked(a, t, TO_DEVICE); attach.detach(b, a); c = buf.calls(b)`,
        },
      }),
      ...REAL,
    ],
    holds: (run) => {
      const wanted: Readonly<Record<string, string>> = {
        mock: [
          'attach attach pin! map! pin! pin! map! unmap! unpin! unpin! vmap! vunmap! begin end',
          'mmap detach unmap! unpin! detach',
        ].join(' '),
        kept: 'attach map! unmap! detach',
      };
      const calls = wanted[run.program.name];
      if (calls !== undefined) return results({ [run.program.name]: { c: calls } })(run);
      return asked(run).has('ops.map') ? null : 'nothing was mapped';
    },
    forbids: ['buffer calls'],
    witness: { kept: reached((run) => resultNamed(run, 'c') === 'attach map! unmap! detach') },
    faults: ['locking-004-map', 'locking-004-vunmap'],
  }),
  property({
    rules: ['LOCKING-005'],
    plan: `Moves are told under the lock, and importers hear of them under it.
      - with it, and without: reported`,
    programs: needingLock(['move']),
    allows: ['lock-misuse'],
    holds: both(reported, (run) => {
      const told = run.sightings.filter(({ name }) => name === 'ops.moveNotify').length;
      return told === 1 ? null : `${told} importers heard of it`;
    }),
    forbids: ['buffer calls'],
    witness: { reported: reached((run) => reports(run) > 0) },
    faults: ['locking-005-told-unlocked', 'locking-001-unproven'],
  }),
  property({
    rules: ['LOCKING-007'],
    plan: `It does not matter how the caller has got the lock: in a transaction the locked forms are
      right, and what takes the lock is reported.
      - map, vmap and pin in a transaction; attach, detach, poll and unlocked forms`,
    programs: [
      ...takingLock('transaction', Object.keys(TAKE_LOCK)),
      program('locked-ok', {
        setup: `${DYNAMIC}; x = ww.prepare()`,
        tasks: {
          A: `ww.enter(x); resv.lock(r, x); attach.pin(a); t = attach.map(a, TO_DEVICE)
            v = buf.vmap(b); buf.vunmap(b, v); attach.unmap(a, t, TO_DEVICE); attach.unpin(a)
            resv.unlock(r); ww.fini(x)`,
        },
      }),
    ],
    allows: ['lockdep', 'deadlock', 'refinement', 'buffer calls', 'lock-misuse'],
    holds: reported,
    witness: { reported: reached((run) => reports(run) > 0, 10) },
    faults: ['locking-007-only-plain', 'locking-002-nested'],
  }),
  property({
    rules: ['LOCKING-008'],
    plan: `Buffers on one reservation object share the lock: who has it for one has it for all.
      - the locked form on the other one is right; attaching to it is reported`,
    programs: [
      program('locked-ok', {
        setup:
          'r = resv.create(); b = buf.export(resv: r); c = buf.export(resv: r); s = buf.resv(b)',
        tasks: { A: 'resv.lock(s); v = buf.vmap(c); buf.vunmap(c, v); resv.unlock(s)' },
      }),
      program('attach', {
        setup:
          'r = resv.create(); b = buf.export(resv: r); c = buf.export(resv: r); s = buf.resv(b)',
        tasks: { A: 'resv.lock(s); attach.static(c, gpu); resv.unlock(s)' },
        mayBlock: ['A'],
      }),
      program('apart-ok', {
        setup: 'b = buf.export(); c = buf.export(); s = buf.resv(b); x = ww.prepare()',
        tasks: {
          A: 'ww.enter(x); resv.lock(s, x); q = buf.count(c); resv.unlock(s); ww.fini(x)',
        },
      }),
    ],
    allows: ['lockdep', 'deadlock', 'refinement', 'buffer calls'],
    holds: reported,
    witness: { reported: reached((run) => reports(run) > 0) },
    faults: ['buf-008-own-anyway', 'locking-002-nested'],
  }),
  property({
    rules: ['LOCKING-009'],
    plan: `Several buffers are locked in one transaction, which backs off, and finds a buffer that is
      named twice already locked.
      - two tasks with lists in opposite orders, one of them with a duplicate`,
    programs: [
      program('duplicate', {
        setup: 'b = buf.export(); c = buf.export(); r = buf.resv(b); s = buf.resv(c)',
        tasks: { A: 'q = buf.lockAll([r, s, r]); p = buf.lockAll([s, s])' },
      }),
      program('crossing', {
        setup: 'b = buf.export(); c = buf.export(); r = buf.resv(b); s = buf.resv(c)',
        tasks: { A: 'q = buf.lockAll([r, s, r])', B: 'p = buf.lockAll([s, r])' },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 150 }],
    holds: (run) => {
      const [q, p] = [resultNamed(run, 'q'), resultNamed(run, 'p')];
      const isRight = [q, p].every((text) => typeof text === 'string' && !text.startsWith('-'));
      return isRight ? null : `locking all gives ${String(q)} and ${String(p)}`;
    },
    forbids: ['deadlock', 'lockdep', 'lock-misuse'],
    witness: {
      backedOff: reached((run) =>
        run.sightings.some(({ name, task }) => name === 'lock.deadlock' && task !== 'boot'),
      ),
    },
    faults: ['locking-009-waits-for-itself', 'locking-009-keeps-what-it-has'],
  }),
];
