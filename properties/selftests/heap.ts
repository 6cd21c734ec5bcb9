import {
  DMA_BUF_SYNC_END,
  DMA_BUF_SYNC_READ,
  DMA_BUF_SYNC_RW,
} from '../../impl/dma-buf/dma-buf-ioctls.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import type { StackTypes } from '../../impl/stack.ts';
import { O_CLOEXEC, O_RDWR } from '../../impl/uapi/file.ts';
import { PAGE_SIZE } from '../../impl/uapi/pages.ts';
import { RandomStrategy } from '../schedules/random.ts';
import { BufferLibrary, HEAPS } from './buffer-library.ts';
import { expectThat, runThreads, type Selftest } from './selftest.ts';

export interface HeapSuiteOptions {
  readonly types?: StackTypes;
  /** Every byte is stored and looked at, as the original does. */
  readonly isFull?: boolean;
}

type Scenario = (library: BufferLibrary, heap: number) => KernelTask<void>;

const MEGABYTE = 1 << 20;
/** Buffers of each round of the zeroing test. */
const BUFFERS = 32;
/** One byte in so many is looked at by default, and the last one of each page. */
const STRIDE = 128;
const HEAP_FLAGS = 0x111111;
/** A run that takes longer does not end. Unit: steps. */
const STEPS_MAX = 2_000_000_000;

/** @rule ST-HEAP-01 */
function* allocAndImport(library: BufferLibrary, heap: number): KernelTask<void> {
  const fd = yield* library.alloc(heap, MEGABYTE);
  expectThat(fd >= 0, `the allocation returns ${fd}`);
  const mapping = yield* library.map(fd, MEGABYTE);
  yield* library.sync(fd, DMA_BUF_SYNC_RW);
  yield* library.fill(mapping, 1, 0, MEGABYTE / 2);
  yield* library.fill(mapping, 0, MEGABYTE / 2, MEGABYTE);
  yield* library.sync(fd, DMA_BUF_SYNC_RW | DMA_BUF_SYNC_END);
  yield* library.importIntoVgem(fd);
  yield* library.sync(fd, DMA_BUF_SYNC_RW);
  yield* library.fill(mapping, 0xff, 0, MEGABYTE);
  yield* library.sync(fd, DMA_BUF_SYNC_RW | DMA_BUF_SYNC_END);
  yield* library.unmap(mapping);
  yield* library.close(fd);
}

/** @rule ST-HEAP-02 */
function zeroed(size: number): Scenario {
  return function* (library, heap) {
    const dirty: number[] = [];
    for (let count = 0; count < BUFFERS; count += 1) {
      const fd = yield* library.alloc(heap, size);
      const mapping = yield* library.map(fd, size);
      yield* library.sync(fd, DMA_BUF_SYNC_RW);
      yield* library.fill(mapping, 0xff, 0, size);
      yield* library.sync(fd, DMA_BUF_SYNC_RW | DMA_BUF_SYNC_END);
      yield* library.unmap(mapping);
      dirty.push(fd);
    }
    for (const fd of dirty) yield* library.close(fd);
    for (let count = 0; count < BUFFERS; count += 1) {
      const fd = yield* library.alloc(heap, size);
      const mapping = yield* library.map(fd, size);
      yield* library.sync(fd, DMA_BUF_SYNC_READ);
      yield* library.expectBytes(mapping, 0, size);
      yield* library.sync(fd, DMA_BUF_SYNC_READ | DMA_BUF_SYNC_END);
      yield* library.unmap(mapping);
      yield* library.close(fd);
    }
  };
}

/** @rule ST-HEAP-03 @rule ST-HEAP-04 */
function sized(size: number, heapFlags: number): Scenario {
  return function* (library, heap) {
    const fd = yield* library.alloc(heap, MEGABYTE, { size, heapFlags });
    expectThat(fd >= 0, `an argument of ${size} bytes gives ${fd}`);
    yield* library.close(fd);
  };
}

/** @rule ST-HEAP-05 */
function* refused(library: BufferLibrary, heap: number): KernelTask<void> {
  const other = yield* library.openOther();
  const none = yield* library.alloc(other, MEGABYTE);
  expectThat(none < 0, 'a descriptor that is no heap allocates');
  const heapFlags = yield* library.alloc(heap, MEGABYTE, { heapFlags: HEAP_FLAGS });
  expectThat(heapFlags < 0, 'unknown heap flags are accepted');
  const fdFlags = ~(O_RDWR | O_CLOEXEC) >>> 0;
  const flags = yield* library.alloc(heap, MEGABYTE, { fdFlags });
  expectThat(flags < 0, 'unknown descriptor flags are accepted');
  yield* library.close(other);
}

/** The kernel's user-space suite for DMA heaps: every test for every heap. */
export function heapSelftests(options: HeapSuiteOptions = {}): readonly Selftest[] {
  const { types, isFull = false } = options;
  const stride = isFull ? 1 : STRIDE;
  const looked = isFull ? 'every byte' : `one byte in ${STRIDE}`;
  const test = (id: string, title: string, scenarios: readonly Scenario[]): Selftest => ({
    id,
    title,
    scale: `${HEAPS.length} heaps, ${looked}`,
    run: () =>
      runThreads(
        new Map([
          [
            'main',
            function* (process): KernelTask<void> {
              const library = new BufferLibrary(process, stride);
              yield* library.boot();
              for (const name of HEAPS) {
                const heap = yield* library.openHeap(name);
                for (const scenario of scenarios) yield* scenario(library, heap);
                yield* library.close(heap);
              }
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
  return [
    test('ST-HEAP-01', 'test_alloc_and_import', [allocAndImport]),
    test('ST-HEAP-02', 'test_alloc_zeroed', [zeroed(PAGE_SIZE), zeroed(MEGABYTE)]),
    test('ST-HEAP-03', 'test_alloc_compat, older', [sized(16, HEAP_FLAGS)]),
    test('ST-HEAP-04', 'test_alloc_compat, newer', [sized(32, 0)]),
    test('ST-HEAP-05', 'test_alloc_errors', [refused]),
  ];
}
