import '../../programs/operations/index.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed } from '../../check/results.ts';
import { DEVICES, DEVICES_SETUP } from './devices.ts';
import { ASKING_FILES, ASKING_SETUP, FILES, FILES_SETUP, SYNC_FILES, SYNC_SETUP } from './files.ts';
import { lacked, lackingMemory, saysSo } from './no-memory.ts';
import { refused, refusing } from './refusals.ts';
import { SYNCOBJS, SYNCOBJS_SETUP } from './syncobjs.ts';

const PLAN = `A call that is refused gets the error that its rules say, and changes nothing in the whole
  world: every field of every object is compared, before and after.`;

/** Properties of calls that fail, whatever is behind their descriptors. */
export const REFUSED_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SYNCFILE-030', 'SWSYNC-025'],
    plan: `${PLAN}
      - closed descriptors and other kinds of files × every call on descriptors
      - sizes, offsets, seals, and epoll registrations that are wrong`,
    programs: [refusing('files', FILES_SETUP, FILES)],
    holds: refused({ files: FILES }),
    witness: { last: reached((run) => resultNamed(run, `c${FILES.length - 1}`) === 'nothing') },
    faults: ['syncfile-030-seeks', 'swsync-025-polls'],
  }),
  property({
    rules: [
      'SYNCFILE-007',
      'SYNCFILE-006',
      'SYNCFILE-016',
      'SYNCFILE-025',
      'SWSYNC-003',
      'SWSYNC-018',
    ],
    plan: `${PLAN}
      - memory, flags, padding and descriptors of each request on sync_files and timelines`,
    programs: [refusing('sync-files', SYNC_SETUP, SYNC_FILES)],
    holds: refused({ 'sync-files': SYNC_FILES }),
    forbids: ['leak', 'refcount'],
    witness: {
      last: reached((run) => resultNamed(run, `c${SYNC_FILES.length - 1}`) === 'nothing'),
    },
    faults: [
      'syncfile-007-keeps-the-number',
      'swsync-003-leaks-untold',
      'syncfile-006-ignores-pad',
    ],
  }),
  property({
    rules: ['SYNCFILE-007', 'SYNCFILE-031', 'SWSYNC-001', 'SWSYNC-003'],
    plan: `A call that finds no memory, wherever it asks for it, says so and changes nothing in the whole
      world.
      - each call that makes a file, and each registration × every place where it asks for memory`,
    programs: lackingMemory(ASKING_SETUP, ASKING_FILES),
    holds: saysSo(ASKING_FILES),
    schedules: [{ kind: 'all', runsMax: 200 }],
    forbids: ['leak', 'refcount', 'use-after-free', 'double-free'],
    witness: {
      last: reached((run) => run.program.name === 'udmabuf' && resultNamed(run, 'r') === 0),
      lacked: reached(lacked(ASKING_FILES), 16),
    },
    faults: ['syncfile-007-keeps-the-number', 'BUG-SYNCFILE-01'],
  }),
  property({
    rules: ['DEV-001', 'DEV-005', 'PRIME-001', 'PRIME-005', 'VGEM-001', 'VGEM-004', 'VGEM-006'],
    plan: `${PLAN}
      - memory, flags, padding, handles and descriptors of each request on devices
      - what several drivers cannot do, and buffers that are busy`,
    programs: [refusing('devices', DEVICES_SETUP, DEVICES)],
    holds: refused({ devices: DEVICES }),
    forbids: ['leak', 'refcount', 'use-after-free'],
    witness: { last: reached((run) => resultNamed(run, `c${DEVICES.length - 1}`) === 'nothing') },
    faults: [
      'prime-001-keeps-number',
      'prime-005-stays-attached',
      'vgem-004-number-of-failures',
      'dev-001-memory-first',
    ],
  }),
  property({
    rules: [
      'SYNCOBJ-011',
      'SYNCOBJ-005',
      'SYNCOBJ-006',
      'SYNCOBJ-008',
      'SYNCOBJ-013',
      'SYNCOBJ-016',
      'SYNCOBJ-026',
      'SYNCOBJ-028',
      'SYNCOBJ-029',
      'SYNCOBJ-031',
    ],
    plan: `${PLAN}
      - memory, flags, padding, handles, points and descriptors of each request on synchronisation objects
      - waits that time out`,
    programs: [refusing('syncobjs', SYNCOBJS_SETUP, SYNCOBJS)],
    holds: refused({ syncobjs: SYNCOBJS }),
    forbids: ['leak', 'refcount', 'use-after-free'],
    witness: { last: reached((run) => resultNamed(run, `c${SYNCOBJS.length - 1}`) === 'nothing') },
    faults: [
      'syncobj-011-keeps-references',
      'syncobj-013-keeps-references',
      'syncobj-006-keeps-the-number',
      'BUG-SYNCOBJ-03',
    ],
  }),
];
