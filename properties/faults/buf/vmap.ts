import type { KernelMapping } from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about the kernel's own mapping. */
export const VMAP_FAULTS: readonly Fault[] = [
  fault({
    id: 'buf-029-one-each',
    mistake: 'the exporter maps anew for each user',
    breaks: ['BUF-029'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *vmap(buffer: DmaBuf): KernelTask<KernelMapping | number> {
          if (buffer.vmapCount.get() > 0 && buffer.ops.vmap !== undefined) {
            const area = yield* buffer.ops.vmap(buffer);
            if (typeof area !== 'number') this.stack.world.memory.free(area);
          }
          return yield* super.vmap(buffer);
        }
      },
    }),
  }),
  fault({
    id: 'buf-029-counted-before',
    mistake: 'users are counted also where there is nothing to map',
    breaks: ['BUF-029'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *vmap(buffer: DmaBuf): KernelTask<KernelMapping | number> {
          const area = yield* super.vmap(buffer);
          if (buffer.ops.vmap === undefined) buffer.vmapCount.change((count) => count + 1);
          return area;
        }
      },
    }),
  }),
  fault({
    id: 'buf-030-counted',
    mistake: 'a mapping that failed is counted',
    breaks: ['BUF-030'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *vmap(buffer: DmaBuf): KernelTask<KernelMapping | number> {
          const area = yield* super.vmap(buffer);
          if (typeof area === 'number' && area !== -EINVAL) buffer.vmapCount.set(1);
          return area;
        }
      },
    }),
  }),
  fault({
    id: 'buf-030-in-silence',
    mistake: 'a mapping that fails is not warned of',
    breaks: ['BUF-030'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *vmap(buffer: DmaBuf): KernelTask<KernelMapping | number> {
          buffer.resv.assertHeld('dma_buf_vmap');
          if (buffer.ops.vmap === undefined || buffer.vmapCount.get() > 0) {
            return yield* super.vmap(buffer);
          }
          const area = yield* buffer.ops.vmap(buffer);
          if (typeof area === 'number') {
            buffer.tell('vmap.refused');
            return area;
          }
          buffer.vmapPointer.set(area);
          buffer.vmapCount.set(1);
          buffer.tell('vmap');
          return area;
        }
      },
    }),
  }),
  fault({
    id: 'buf-031-each-one',
    mistake: 'the exporter hears of every user that goes',
    breaks: ['BUF-031'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *vunmap(buffer: DmaBuf, mapping: KernelMapping): KernelTask<void> {
          const isShared = buffer.vmapCount.get() > 1;
          if (isShared && buffer.ops.vunmap !== undefined) {
            yield* buffer.ops.vunmap(buffer, mapping);
          }
          yield* super.vunmap(buffer, mapping);
        }
      },
    }),
  }),
  fault({
    id: 'buf-031-any-mapping',
    mistake: 'whatever mapping is taken back, it is taken for the right one',
    breaks: ['BUF-031'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *vunmap(buffer: DmaBuf, mapping: KernelMapping): KernelTask<void> {
          const known = buffer.vmapPointer.get() ?? mapping;
          yield* super.vunmap(buffer, known);
        }
      },
    }),
  }),
  fault({
    id: 'buf-031-too-often',
    mistake: 'a mapping that is not there is taken back in silence',
    breaks: ['BUF-031'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *vunmap(buffer: DmaBuf, mapping: KernelMapping): KernelTask<void> {
          if (buffer.vmapCount.get() > 0) yield* super.vunmap(buffer, mapping);
        }
      },
    }),
  }),
  fault({
    id: 'buf-032-unproven',
    mistake: 'vmap does not look whether its caller has the lock',
    breaks: ['BUF-032'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *vmap(buffer: DmaBuf): KernelTask<KernelMapping | number> {
          const { resv } = buffer;
          if (resv.lock.isHeld) return yield* super.vmap(buffer);
          yield* resv.acquire();
          const area = yield* super.vmap(buffer);
          yield* resv.release();
          return area;
        }
      },
    }),
  }),
  fault({
    id: 'buf-032-interruptible',
    mistake: 'a signal ends the wait for the lock, and the mapping is made without it',
    breaks: ['BUF-032'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *vmapUnlocked(buffer: DmaBuf): KernelTask<KernelMapping | number> {
          const error = yield* buffer.resv.acquireInterruptible();
          const area = yield* this.vmap(buffer);
          if (error === 0) yield* buffer.resv.release();
          return area;
        }
      },
    }),
  }),
];
