import { expect, test } from 'vitest';
import type { KernelTask } from '../kernel/access.ts';
import { KernelObject } from '../kernel/object.ts';
import { Stack } from '../stack.ts';
import { POLLIN, POLLOUT } from '../uapi/file.ts';
import { PAGE_SIZE } from '../uapi/pages.ts';
import type { DmaBufOps } from './dma-buf-ops.ts';
import { DmaBuf } from './dma-buf.ts';

class Storage extends KernelObject {
  visitState(): void {}
}

function* nothing(): KernelTask<null> {
  return null;
}

const OPS: DmaBufOps = {
  map: nothing,
  *unmap() {
    yield* nothing();
  },
  *release() {
    yield* nothing();
  },
};

/** What is said when the last reference goes right after this. */
function released(prepare: (buffer: DmaBuf) => unknown): readonly string[] {
  const stack = new Stack();
  const { world, buffers } = stack;
  const priv = new Storage(world, 'storage');
  const info = { exporterName: 'test', owner: null, size: PAGE_SIZE, flags: 0, resv: null };
  const buffer = world.runNow(buffers.export({ ...info, ops: OPS, priv }));
  if (!(buffer instanceof DmaBuf)) throw new Error(`the export fails: ${buffer}`);
  prepare(buffer);
  try {
    world.runNow(buffers.put(buffer));
  } catch (error) {
    world.crash(error);
  }
  return world.violations.map(({ kind, message }) => `${kind}: ${message}`);
}

test('a buffer that nobody waits for is released in silence', () => {
  expect(released(() => {})).toEqual([]);
});

test.each([
  ['to read', (buffer: DmaBuf): boolean => buffer.pollIn.claim(POLLIN)],
  ['to write', (buffer: DmaBuf): boolean => buffer.pollOut.claim(POLLOUT)],
])('the kernel does not survive the release of one that a poll waits for, %s', (_how, claim) => {
  expect(released(claim)).toEqual(['bug: a buffer is released while a poll waits for it']);
});
