import { litmus, type Litmus, outcome } from '../litmus.ts';
import { atTheEnd, results } from '../observables.ts';

const BUFFER = 'heap.addAll(); b = heap.buffer(4096)';

/** What the listing of a descriptor says, as it is in results. */
function listing(count: number, name: string | null): string {
  const shown = `size 4096, count ${count}, exp_name system`;
  return name === null ? shown : `${shown}, name ${name}`;
}

/** Names of buffers: set, shown, and gone with the buffer. */
export const BUFFER_NAME_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'rename-close',
    window: 'RW-25',
    setup: BUFFER,
    tasks: { A: 'dmabuf.setName(b, new)', B: 'sys.close(b)' },
    teardown: 'inspect.isFreed(b.buffer)',
    sees: [results, atTheEnd],
    outcomes: [
      outcome('A 0; B 0, finally true', ['BUF-022'], 'a file that is found stays alive'),
      outcome('A -EBADF; B 0, finally true', ['IOCTL-001'], 'the descriptor was closed before'),
    ],
  }),
  litmus({
    name: 'rename-after-lookup',
    window: 'RW-25',
    setup: `${BUFFER}; d = sys.dup(b)`,
    tasks: { A: 'dmabuf.setName(b, new)', B: 'sys.close(b); sys.fdinfo(d)' },
    sees: [results],
    outcomes: [
      outcome(`A 0; B 0 ${listing(1, 'new')}`, ['BUF-022'], 'renamed, and given back'),
      outcome(`A 0; B 0 ${listing(2, 'new')}`, ['BUF-022'], 'A still has the file'),
      outcome(`A 0; B 0 ${listing(2, null)}`, ['BUF-022'], 'found before it was closed'),
      outcome(`A -EBADF; B 0 ${listing(1, null)}`, ['IOCTL-001'], 'closed before it was found'),
      outcome(`A -EBADF; B 0 ${listing(2, null)}`, ['IOCTL-001'], 'A has not given it back yet'),
    ],
  }),
  litmus({
    name: 'rename-rename',
    window: 'RW-26',
    setup: BUFFER,
    tasks: { A: 'dmabuf.setName(b, one)', B: 'dmabuf.setName(b, two)' },
    teardown: 'sys.fdinfo(b)',
    sees: [results, atTheEnd],
    outcomes: [
      outcome(`A 0; B 0, finally ${listing(1, 'one')}`, ['BUF-022'], 'A was last'),
      outcome(`A 0; B 0, finally ${listing(1, 'two')}`, ['BUF-022'], 'B was last'),
    ],
  }),
  litmus({
    name: 'count-close',
    window: 'RW-26',
    setup: `${BUFFER}; d = sys.dup(b)`,
    tasks: { A: 'sys.fdinfo(b)', B: 'sys.close(b)' },
    sees: [results],
    outcomes: [
      outcome(`A ${listing(2, null)}; B 0`, ['BUF-023'], 'counted with both descriptors'),
      outcome(`A ${listing(1, null)}; B 0`, ['BUF-023'], 'found, closed, and then counted'),
      outcome('A -EBADF; B 0', ['BUF-023'], 'closed before'),
    ],
  }),
  litmus({
    name: 'count-name',
    window: 'RW-26',
    setup: BUFFER,
    tasks: { A: 'sys.fdinfo(b)', B: 'sys.dup(b); dmabuf.setName(b, new)' },
    sees: [results],
    outcomes: [1, 2, 3].flatMap((count) => [
      outcome(`A ${listing(count, null)}; B 0 0`, ['BUF-023'], 'shown before the name is set'),
      outcome(
        `A ${listing(count, 'new')}; B 0 0`,
        ['BUF-022'],
        'counted, and then looked at the name',
      ),
    ]),
  }),
];
