import type { DmaBufOps } from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf, DmaBufExport } from '../../../impl/dma-buf/dma-buf.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { KernelObject } from '../../../impl/kernel/object.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

/** The core calls the operations of exporters in another way. */
export function calledAs(change: (ops: DmaBufOps) => Partial<DmaBufOps>) {
  return (types: StackTypes): Partial<StackTypes> => ({
    DmaBufs: class extends types.DmaBufs {
      protected override make(info: DmaBufExport, ops: DmaBufOps, priv: KernelObject): DmaBuf {
        const buffer = super.make(info, ops, priv);
        Object.assign(buffer.ops, change({ ...buffer.ops }));
        return buffer;
      }
    },
  });
}

/** With the lock, around a call that must be without it. */
function* locked<T>({ resv }: DmaBuf, call: KernelTask<T>): KernelTask<T> {
  yield* resv.acquire();
  const result = yield* call;
  yield* resv.release();
  return result;
}

/** Without the lock, inside a call that must be with it. */
function* unlocked<T>({ resv }: DmaBuf, call: KernelTask<T>): KernelTask<T> {
  yield* resv.release();
  const result = yield* call;
  yield* resv.acquire();
  return result;
}

/** Mistakes about how exporters and importers are called. */
export const CALL_FAULTS: readonly Fault[] = [
  fault({
    id: 'locking-003-attach',
    mistake: 'the exporter hears of an attachment under the lock',
    breaks: ['LOCKING-003'],
    install: calledAs((ops) => {
      const attach = ops.attach?.bind(ops);
      return attach === undefined
        ? {}
        : { attach: (buffer, attachment) => locked(buffer, attach(buffer, attachment)) };
    }),
  }),
  fault({
    id: 'locking-003-detach',
    mistake: 'the exporter hears of the end of an attachment under the lock',
    breaks: ['LOCKING-003'],
    install: calledAs((ops) => {
      const detach = ops.detach?.bind(ops);
      return detach === undefined
        ? {}
        : { detach: (buffer, attachment) => locked(buffer, detach(buffer, attachment)) };
    }),
  }),
  fault({
    id: 'locking-004-map',
    mistake: 'the exporter maps without the lock',
    breaks: ['LOCKING-004'],
    install: calledAs((ops) => {
      const map = ops.map.bind(ops);
      return {
        map: (attachment, direction) => unlocked(attachment.buffer, map(attachment, direction)),
      };
    }),
  }),
  fault({
    id: 'locking-004-vunmap',
    mistake: 'the exporter hears of the end of a mapping without the lock',
    breaks: ['LOCKING-004'],
    install: calledAs((ops) => {
      const vunmap = ops.vunmap?.bind(ops);
      return vunmap === undefined
        ? {}
        : { vunmap: (buffer, area) => unlocked(buffer, vunmap(buffer, area)) };
    }),
  }),
  fault({
    id: 'locking-005-told-unlocked',
    mistake: 'importers hear of moves without the lock',
    breaks: ['LOCKING-005'],
    install: (types) => ({
      DmaBufAttachments: class extends types.DmaBufAttachments {
        override *moveNotify(buffer: DmaBuf): KernelTask<void> {
          buffer.resv.assertHeld('dma_buf_move_notify');
          for (const attachment of buffer.attachments.copy()) {
            const told = attachment.importerOps?.moveNotify?.(attachment);
            if (told === undefined) continue;
            yield* buffer.resv.release();
            buffer.world.emit(buffer, 'ops.moveNotify', null, 0, attachment);
            yield* told;
            yield* buffer.resv.acquire();
          }
        }
      },
    }),
  }),
];
