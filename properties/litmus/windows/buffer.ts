import { litmus, type Litmus, outcome } from '../litmus.ts';
import { atTheEnd, type Observable, results } from '../observables.ts';

const BUFFER = 'b = buf.export()';
const FILE = `${BUFFER}; d = buf.fd(b)`;
const NAMED = `${FILE}; dmabuf.setName(d, old)`;
/** Of a buffer that the tasks have let go of. */
const RELEASED = 'buf.releases(b)';
const BY_A = 'finally A unlisted uncounted';
const BY_B = 'finally B unlisted uncounted';

/** Counts, names and devices in a listing that a task has asked for. */
function listedTo(task: string): Observable {
  return (run) => {
    const text = String(run.resultsOf(task).at(-1));
    const shown = text
      .split('; ')
      .map((line) => /^\d{8} \w{8} \w{8} (?<count>\d{8}) mock \d+ (?<name>.*)$/.exec(line)?.groups)
      .flatMap((groups) =>
        groups === undefined ? [] : [`${Number(groups['count'])} ${groups['name']}`],
      );
    const devices = /Devices:; (?<device>\w+); Total/.exec(text)?.groups?.['device'];
    return [`${task} sees`, ...(shown.length === 0 ? ['nothing'] : shown), devices ?? '']
      .join(' ')
      .trim();
  };
}

/** Finding a buffer while it goes. */
const FINDING: readonly Litmus[] = [
  litmus({
    name: 'get-close',
    window: 'RW-23',
    setup: FILE,
    tasks: { A: 'buf.inodeAt(d)', B: 'sys.close(d)' },
    teardown: RELEASED,
    sees: [results, atTheEnd],
    outcomes: [
      outcome(`A 1; B 0, ${BY_A}`, ['BUF-013', 'BUF-010'], 'A has the last reference'),
      outcome(`A 1; B 0, ${BY_B}`, ['BUF-013', 'BUF-014'], 'A was through before'),
      outcome(`A -EBADF; B 0, ${BY_B}`, ['BUF-013'], 'the number was free already'),
      outcome(`A -EBADF; B 0, ${BY_A}`, ['BUF-013', 'BUF-010'], 'A lets go of what it looked up'),
    ],
  }),
  litmus({
    name: 'number-used-again',
    window: 'RW-23',
    setup: `${FILE}; c = buf.export()`,
    tasks: { A: 'buf.inodeAt(0)', B: 'sys.close(0); buf.fd(c)' },
    sees: [results],
    outcomes: [
      outcome('A 1; B 0 0', ['BUF-013'], 'the old buffer'),
      outcome('A 2; B 0 0', ['BUF-013', 'BUF-009'], 'the new one, with a reference of its own'),
      outcome('A -EBADF; B 0 0', ['BUF-013'], 'between the two'),
    ],
  }),
  litmus({
    name: 'number-of-another-kind',
    window: 'RW-23',
    setup: FILE,
    tasks: { A: 'buf.inodeAt(0)', B: 'sys.close(0); sys.timeline()' },
    sees: [results],
    outcomes: [
      outcome('A 1; B 0 0', ['BUF-013'], 'the buffer'),
      outcome('A -EINVAL; B 0 0', ['BUF-013'], 'what has the number now is no buffer'),
      outcome('A -EBADF; B 0 0', ['BUF-013'], 'between the two'),
    ],
  }),
  litmus({
    name: 'module-unloaded',
    window: 'RW-23',
    setup: 'm = module.load()',
    tasks: { A: 'b = buf.export(owner: m)', B: 'module.unload(m)' },
    teardown: 'module.users(m)',
    sees: [results, atTheEnd],
    outcomes: [
      outcome('A 0, finally 1', ['BUF-004'], 'the buffer keeps the module'),
      outcome('A -ENOENT, finally 0', ['BUF-004'], 'the module was going'),
    ],
  }),
];

/** The list of all buffers, while they come and go. */
const LISTING: readonly Litmus[] = [
  litmus({
    name: 'put-listing',
    window: 'RW-24',
    setup: BUFFER,
    tasks: { A: 'buf.put(b)', B: 'buf.listing()' },
    teardown: RELEASED,
    sees: [listedTo('B'), atTheEnd],
    outcomes: [
      outcome(`B sees 1 <none>, ${BY_A}`, ['BUF-024'], 'before the put'),
      outcome(`B sees 0 <none>, ${BY_A}`, ['BUF-024', 'BUF-014'], 'the release waits for the list'),
      outcome(`B sees nothing, ${BY_A}`, ['BUF-024', 'BUF-014'], 'it was off the list'),
    ],
  }),
  litmus({
    name: 'export-listing',
    window: 'RW-24',
    setup: '',
    tasks: { A: 'b = buf.export()', B: 'buf.listing()' },
    sees: [listedTo('B')],
    outcomes: [
      outcome('B sees nothing', ['BUF-024', 'BUF-005'], 'it was not complete'),
      outcome('B sees 1 <none>', ['BUF-024'], 'it is complete'),
    ],
  }),
  litmus({
    name: 'copies-listing',
    window: 'RW-24',
    isWide: true,
    setup: NAMED,
    tasks: { A: 'sys.dup(d); dmabuf.setName(d, new)', B: 'buf.listing()' },
    sees: [listedTo('B')],
    outcomes: [
      outcome('B sees 1 old', ['BUF-024'], 'before both'),
      outcome('B sees 2 old', ['BUF-024'], 'between them'),
      outcome('B sees 2 new', ['BUF-024'], 'after both, or while a request holds the file'),
      outcome('B sees 3 old', ['BUF-024', 'BUF-010'], 'the request holds the file, too'),
      outcome('B sees 3 new', ['BUF-024', 'BUF-010'], 'the request holds the file still'),
    ],
  }),
  litmus({
    name: 'attach-listing',
    window: 'RW-24',
    setup: BUFFER,
    tasks: { A: 'a = attach.static(b, gpu)', B: 'buf.listing()' },
    sees: [listedTo('B')],
    outcomes: [
      outcome('B sees 1 <none>', ['BUF-024'], 'before the device is on the list of the buffer'),
      outcome('B sees 1 <none> gpu', ['BUF-024'], 'behind it'),
    ],
  }),
];

/** Steps of a listing and of a release, as somebody sees them who looks more than once. */
const STEPS: readonly Litmus[] = [
  litmus({
    name: 'two-listing',
    window: 'RW-24',
    isWide: true,
    setup: 'b = buf.export(); c = buf.export(); s = buf.resv(c)',
    tasks: {
      A: 'resv.isLocked(s); resv.isLocked(s); attach.static(b, gpu)',
      B: 'buf.listing()',
    },
    sees: [
      (run) => `A ${run.resultsOf('A').slice(0, 2).join(' ')}`,
      (run) => (String(run.resultsOf('B')[0]).includes('gpu') ? 'gpu' : 'nobody'),
    ],
    outcomes: ['false false', 'false true', 'true true', 'true false'].flatMap((locked) => [
      outcome(`A ${locked}, nobody`, ['BUF-024'], 'the older buffer is printed before'),
      outcome(
        `A ${locked}, gpu`,
        ['BUF-024'],
        'the newer one is let go before the older is locked',
      ),
    ]),
  }),
  litmus({
    name: 'locked-listing',
    window: 'RW-24',
    setup: `${NAMED}; r = buf.resv(b)`,
    tasks: { A: 'resv.isLocked(r); dmabuf.setName(d, new)', B: 'buf.listing()' },
    sees: [
      (run) => `A ${String(run.resultsOf('A')[0])}`,
      (run) => `B ${/ (?<name>old|new);/.exec(String(run.resultsOf('B')[0]))?.groups?.['name']}`,
    ],
    outcomes: [
      outcome('A false, B old', ['BUF-024'], 'the listing comes first, or A looks early'),
      outcome('A false, B new', ['BUF-024'], 'the listing comes last'),
      outcome('A true, B old', ['BUF-024', 'BUF-022'], 'the name is read before the swap'),
      outcome('A true, B new', ['BUF-024', 'BUF-022'], 'it is swapped while the listing holds L'),
    ],
  }),
  litmus({
    name: 'count-listing',
    window: 'RW-24',
    setup: BUFFER,
    tasks: { A: 'buf.put(b)', B: 'buf.count(b); buf.listing()' },
    sees: [(run) => `B counts ${String(run.resultsOf('B')[0])}`, listedTo('B')],
    outcomes: [
      outcome('B counts 1, B sees 1 <none>', ['BUF-024'], 'before the put'),
      outcome('B counts 1, B sees 0 <none>', ['BUF-024'], 'the put comes between'),
      outcome('B counts 1, B sees nothing', ['BUF-014'], 'the release comes between'),
      outcome('B counts 0, B sees 0 <none>', ['BUF-024'], 'it is put, and not yet off the list'),
      outcome('B counts 0, B sees nothing', ['BUF-014'], 'after the release'),
    ],
  }),
  litmus({
    name: 'statistics-listing',
    window: 'RW-24',
    setup: BUFFER,
    tasks: { A: 'buf.put(b)', B: 'buf.listing(); buf.statistics()' },
    sees: [
      (run) => (String(run.resultsOf('B')[0]).includes('mock') ? 'listed' : 'unlisted'),
      (run) => (run.resultsOf('B')[1] === '' ? 'uncounted' : 'counted'),
    ],
    outcomes: [
      outcome('listed, counted', ['BUF-024', 'BUF-025'], 'it is still there'),
      outcome('listed, uncounted', ['BUF-025'], 'it goes between the looks'),
      outcome('unlisted, counted', ['BUF-014'], 'off the list, and not yet destroyed'),
      outcome('unlisted, uncounted', ['BUF-014', 'BUF-025'], 'it is gone'),
    ],
  }),
];

/** Names, while they change and while the buffer goes. */
const NAMING: readonly Litmus[] = [
  litmus({
    name: 'close-link',
    window: 'RW-25',
    setup: NAMED,
    tasks: { A: 'sys.close(d)', B: 'buf.link(d)' },
    teardown: RELEASED,
    sees: [results, atTheEnd],
    outcomes: [
      outcome(`A 0; B -EBADF, ${BY_A}`, ['BUF-014'], 'the descriptor was gone'),
      outcome(`A 0; B -EBADF, ${BY_B}`, ['BUF-010'], 'B lets go of what it looked up'),
      outcome(`A 0; B /dmabuf:old, ${BY_A}`, ['BUF-022'], 'shown before the file was gone'),
      outcome(`A 0; B /dmabuf:old, ${BY_B}`, ['BUF-022', 'BUF-014'], 'who shows it goes last'),
    ],
  }),
  litmus({
    name: 'rename-link',
    window: 'RW-25',
    setup: NAMED,
    tasks: { A: 'dmabuf.setName(d, new)', B: 'buf.link(d)' },
    sees: [results],
    outcomes: [
      outcome('A 0; B /dmabuf:old', ['BUF-022'], 'before the swap'),
      outcome('A 0; B /dmabuf:new', ['BUF-022'], 'behind it'),
    ],
  }),
  litmus({
    name: 'close-rename',
    window: 'RW-25',
    setup: NAMED,
    tasks: { A: 'sys.close(d)', B: 'dmabuf.setName(d, new)' },
    teardown: RELEASED,
    sees: [results, atTheEnd],
    outcomes: [
      outcome(`A 0; B -EBADF, ${BY_A}`, ['BUF-022'], 'a rename needs a file that is there'),
      outcome(`A 0; B -EBADF, ${BY_B}`, ['BUF-010'], 'B lets go of what it looked up'),
      outcome(`A 0; B 0, ${BY_A}`, ['BUF-022'], 'renamed, then closed'),
      outcome(`A 0; B 0, ${BY_B}`, ['BUF-022', 'BUF-010'], 'the request has the last reference'),
    ],
  }),
  litmus({
    name: 'copies-fdinfo',
    window: 'RW-25',
    isWide: true,
    setup: NAMED,
    tasks: { A: 'sys.dup(d); dmabuf.setName(d, new)', B: 'sys.fdinfo(d)' },
    sees: [
      (run) =>
        String(run.resultsOf('B')[0]).replace(
          /^size 4096, (count \d), exp_name mock, name/,
          'B $1',
        ),
    ],
    outcomes: [
      outcome('B count 1 old', ['BUF-023'], 'before the copy'),
      outcome('B count 1 new', ['BUF-023', 'BUF-022'], 'both happen between count and name'),
      outcome('B count 2 old', ['BUF-023'], 'between copy and rename'),
      outcome('B count 2 new', ['BUF-023'], 'after both'),
      outcome('B count 3 old', ['BUF-023', 'BUF-010'], 'the request that renames holds the file'),
      outcome('B count 3 new', ['BUF-023', 'BUF-010'], 'it does so, and has renamed by then'),
    ],
  }),
];

/** Steps of those who show and change names. */
const NAMING_STEPS: readonly Litmus[] = [
  litmus({
    name: 'counts-link',
    window: 'RW-25',
    isWide: true,
    setup: NAMED,
    tasks: { A: 'buf.count(b); buf.count(b); dmabuf.setName(d, new)', B: 'buf.link(d)' },
    sees: [results],
    outcomes: ['1 1', '1 2', '2 2', '2 1'].flatMap((counts) => [
      outcome(`A ${counts} 0; B /dmabuf:old`, ['BUF-022'], 'the name is read before the swap'),
      outcome(`A ${counts} 0; B /dmabuf:new`, ['BUF-022'], 'behind it; the file need not be held'),
    ]),
  }),
  litmus({
    name: 'closed-fdinfo',
    window: 'RW-25',
    setup: `${FILE}; e = sys.dup(d)`,
    tasks: { A: 'sys.close(d); sys.close(e)', B: 'sys.fdinfo(d)' },
    sees: [(run) => `B ${/count (?<count>\d)/.exec(String(run.resultsOf('B')[0]))?.[0] ?? 'none'}`],
    outcomes: [
      outcome('B none', ['BUF-013'], 'the descriptor is closed'),
      outcome('B count 2', ['BUF-023'], 'before both'),
      outcome('B count 1', ['BUF-023', 'BUF-010'], 'one is closed since the file was found'),
      outcome('B count 0', ['BUF-023', 'BUF-010'], 'both are: only the reader has it'),
    ],
  }),
  litmus({
    name: 'closed-rename',
    window: 'RW-25',
    setup: `${NAMED}; e = sys.dup(d)`,
    tasks: { A: 'dmabuf.setName(d, new)', B: 'sys.close(d); buf.link(e)' },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0 /dmabuf:new', ['BUF-022'], 'the rename comes first'),
      outcome('A 0; B 0 /dmabuf:old', ['BUF-022'], 'the file was found, and is renamed later'),
      outcome('A -EBADF; B 0 /dmabuf:old', ['BUF-022'], 'the descriptor was closed'),
    ],
  }),
];

/** The kernel's own mapping, and brackets. */
const ACCESS: readonly Litmus[] = [
  litmus({
    name: 'vunmap-vmap',
    window: 'RW-30',
    setup: `${BUFFER}; v = buf.vmapUnlocked(b)`,
    tasks: { A: 'buf.vunmapUnlocked(b, v)', B: 'w = buf.vmapUnlocked(b)' },
    teardown: 'buf.calls(b); buf.vmapUsers(b); buf.vunmapUnlocked(b, w)',
    sees: [results, atTheEnd],
    outcomes: [
      outcome('B v, finally vmap! 1 v ', ['BUF-029'], 'they share the mapping'),
      outcome(
        'B w, finally vmap! vunmap! vmap! 1 w ',
        ['BUF-029', 'BUF-031'],
        'the old one was gone: this is another',
      ),
    ],
  }),
  litmus({
    name: 'vmap-vmap',
    window: 'RW-30',
    setup: BUFFER,
    tasks: { A: 'v = buf.vmapUnlocked(b)', B: 'w = buf.vmapUnlocked(b)' },
    teardown: 'buf.calls(b); buf.vunmapUnlocked(b, v); buf.vunmapUnlocked(b, w)',
    sees: [results, atTheEnd],
    outcomes: [
      outcome('A v; B v, finally vmap!  ', ['BUF-029'], 'one mapping for both'),
      outcome('A w; B w, finally vmap!  ', ['BUF-029'], 'one mapping for both'),
    ],
  }),
  litmus({
    name: 'vmap-twice',
    window: 'RW-30',
    isWide: true,
    setup: BUFFER,
    tasks: {
      A: 'v = buf.vmapUnlocked(b); buf.vunmapUnlocked(b, v)',
      B: 'w = buf.vmapUnlocked(b); buf.vunmapUnlocked(b, w)',
    },
    teardown: 'buf.calls(b); buf.vmapUsers(b)',
    sees: [atTheEnd],
    outcomes: [
      outcome('finally vmap! vunmap! 0 nothing', ['BUF-029', 'BUF-031'], 'one of them shares'),
      outcome(
        'finally vmap! vunmap! vmap! vunmap! 0 nothing',
        ['BUF-029', 'BUF-031'],
        'one after the other',
      ),
    ],
  }),
  litmus({
    name: 'begin-new-work',
    window: 'RW-31',
    world: { lockProving: false },
    setup: `g = fence.create(); ${BUFFER}; r = buf.resv(b); resv.lock(r); resv.reserve(r, 1)
      resv.unlock(r)`,
    tasks: {
      A: 'buf.begin(b, TO_DEVICE); inspect.isSignaled(g)',
      B: 'resv.lock(r); resv.add(r, g, WRITE); resv.unlock(r); fence.signal(g)',
    },
    sees: [results],
    outcomes: [
      outcome('A 0 false; B 0 0', ['CPU-007', 'CPU-002'], 'what came later is pending'),
      outcome('A 0 true; B 0 0', ['CPU-002'], 'it was covered, or it was quick'),
    ],
  }),
];

/** Buffers that are looked for, listed, named and mapped while they come and go. */
export const BUFFER_LITMUS: readonly Litmus[] = [
  ...FINDING,
  ...LISTING,
  ...STEPS,
  ...NAMING,
  ...NAMING_STEPS,
  ...ACCESS,
];
