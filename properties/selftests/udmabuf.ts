import type { KernelTask } from '../../impl/kernel/access.ts';
import type { StackTypes } from '../../impl/stack.ts';
import { MFD_ALLOW_SEALING, MFD_HUGETLB } from '../../impl/uapi/memfd.ts';
import { PAGE_SIZE } from '../../impl/uapi/pages.ts';
import { RandomStrategy } from '../schedules/random.ts';
import { BufferLibrary } from './buffer-library.ts';
import { expectThat, runThreads, type Selftest } from './selftest.ts';

type Scenario = (library: BufferLibrary, device: number) => KernelTask<void>;

const PAGES = 4;
/** Pages of the file that lists are made of, entries, and pages of each. */
const LARGE_PAGES = 1024;
const ENTRIES = 4;
const A = 97;
const B = 98;
/** A prime, so that no two pages that lie alike in their entries look alike. */
const BYTES = 101;
/** A run that takes longer does not end. Unit: steps. */
const STEPS_MAX = 100_000_000;

/** @rule ST-UDMABUF-01 @rule ST-UDMABUF-02 */
function misaligned(offset: number, size: number): Scenario {
  return function* (library, device) {
    const memfd = yield* library.memfd(PAGES, MFD_ALLOW_SEALING);
    const fd = yield* library.create(device, { memfd, offset, size });
    expectThat(fd < 0, `offset ${offset} and size ${size} give ${fd}`);
    yield* library.close(memfd);
  };
}

/** Descriptor 0 is whatever standard input is: no memory file. @rule ST-UDMABUF-03 */
function* standardInput(library: BufferLibrary, device: number): KernelTask<void> {
  const fd = yield* library.create(device, { memfd: 0, offset: 0, size: PAGE_SIZE });
  expectThat(fd < 0, `standard input gives ${fd}`);
}

/** @rule ST-UDMABUF-04 */
function* valid(library: BufferLibrary, device: number): KernelTask<void> {
  const memfd = yield* library.memfd(PAGES, MFD_ALLOW_SEALING);
  const bytes = yield* library.map(memfd, PAGES * PAGE_SIZE);
  yield* library.fill(bytes, A, 0, PAGES * PAGE_SIZE);
  const fd = yield* library.create(device, { memfd, offset: 0, size: PAGES * PAGE_SIZE });
  expectThat(fd >= 0, `all pages give ${fd}`);
  yield* library.unmap(bytes);
  yield* library.close(fd);
  yield* library.close(memfd);
}

/** @rule ST-UDMABUF-05 @rule ST-UDMABUF-06 */
function shared(flags: number): Scenario {
  return function* (library, device) {
    const memfd = yield* library.memfd(LARGE_PAGES, flags);
    const file = yield* library.map(memfd, LARGE_PAGES * PAGE_SIZE);
    for (let page = 0; page < LARGE_PAGES; page += 1)
      yield* library.store(file, page * PAGE_SIZE, A);
    const quarter = (LARGE_PAGES / ENTRIES) * PAGE_SIZE;
    const list = Array.from({ length: ENTRIES }, (_, index) => ({
      memfd,
      offset: index * quarter,
      size: PAGES * PAGE_SIZE,
    }));
    const fd = yield* library.createList(device, list);
    expectThat(fd >= 0, `the list gives ${fd}`);
    const buffer = yield* library.map(fd, ENTRIES * PAGES * PAGE_SIZE);
    yield* library.expectHeads(buffer, ENTRIES * PAGES, A);
    for (let page = 0; page < LARGE_PAGES; page += 1) {
      // Pages that differ: one in the place of another is seen.
      yield* library.store(file, page * PAGE_SIZE, B + (page % BYTES));
    }
    for (let page = 0; page < ENTRIES * PAGES; page += 1) {
      const at = Math.floor(page / PAGES) * quarter + (page % PAGES) * PAGE_SIZE;
      const wanted = yield* library.byteAt(file, at);
      const seen = yield* library.byteAt(buffer, page * PAGE_SIZE);
      expectThat(seen === wanted, `page ${page} of the buffer is ${seen}, not ${wanted}`);
    }
    yield* library.unmap(buffer);
    yield* library.unmap(file);
    yield* library.close(fd);
    yield* library.close(memfd);
  };
}

/** The kernel's own suite for buffers of memory files. */
export function udmabufSelftests(types?: StackTypes): readonly Selftest[] {
  const test = (id: string, title: string, scale: string, scenario: Scenario): Selftest => ({
    id,
    title,
    scale,
    run: () =>
      runThreads(
        new Map([
          [
            'main',
            function* (process): KernelTask<void> {
              const library = new BufferLibrary(process, 1);
              const input = yield* library.openOther();
              const device = yield* library.openUdmabuf();
              yield* scenario(library, device);
              yield* library.close(device);
              yield* library.close(input);
            },
          ],
        ]),
        {
          strategy: () => new RandomStrategy(1),
          stepsMax: STEPS_MAX,
          ...(types === undefined ? {} : { types }),
        },
      ),
  });
  const half = PAGE_SIZE / 2;
  const huge = MFD_ALLOW_SEALING | MFD_HUGETLB;
  const all = 'as the original';
  return [
    test('ST-UDMABUF-01', 'offset not page aligned', all, misaligned(half, PAGE_SIZE)),
    test('ST-UDMABUF-02', 'size not a multiple of the page', all, misaligned(0, half)),
    test('ST-UDMABUF-03', 'not a memory file', all, standardInput),
    test('ST-UDMABUF-04', 'valid', all, valid),
    test('ST-UDMABUF-05', 'list of small pages', all, shared(MFD_ALLOW_SEALING)),
    test('ST-UDMABUF-06', 'list of huge pages', all, shared(huge)),
  ];
}
