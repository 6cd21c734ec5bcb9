import type { EventOf } from '../../model/events.ts';
import type { KernelObject } from '../kernel/object.ts';
import type { DmaBufOps } from './dma-buf-ops.ts';
import type { DmaBuf } from './dma-buf.ts';

type Tell = (name: EventOf<'dmaBuf'>, subject?: KernelObject | null, detail?: number) => void;

/** The operations of an exporter, told of whenever the core calls one. */
export function announced(buffer: DmaBuf, ops: DmaBufOps): DmaBufOps {
  const tell: Tell = (name, subject = null, detail = 0) => {
    buffer.world.emit(buffer, name, null, detail, subject);
  };
  const { cacheSgtMapping } = ops;
  return {
    ...(cacheSgtMapping === undefined ? {} : { cacheSgtMapping }),
    ...attaching(ops, tell),
    ...mapping(ops, tell),
    ...cpuAccess(ops, tell),
    *release(released) {
      tell('ops.release');
      yield* ops.release(released);
    },
  };
}

function attaching(ops: DmaBufOps, tell: Tell): Pick<DmaBufOps, 'attach' | 'detach'> {
  const attach = ops.attach?.bind(ops);
  const detach = ops.detach?.bind(ops);
  return {
    ...(attach === undefined
      ? {}
      : {
          *attach(buffer, attachment) {
            tell('ops.attach', attachment);
            const error = yield* attach(buffer, attachment);
            if (error !== 0) tell('ops.attach.refused', attachment);
            return error;
          },
        }),
    ...(detach === undefined
      ? {}
      : {
          *detach(buffer, attachment) {
            tell('ops.detach', attachment);
            yield* detach(buffer, attachment);
          },
        }),
  };
}

function mapping(
  ops: DmaBufOps,
  tell: Tell,
): Pick<DmaBufOps, 'pin' | 'unpin'> & Required<Pick<DmaBufOps, 'map' | 'unmap'>> {
  const pin = ops.pin?.bind(ops);
  const unpin = ops.unpin?.bind(ops);
  return {
    ...(pin === undefined
      ? {}
      : {
          *pin(attachment) {
            tell('ops.pin', attachment);
            const error = yield* pin(attachment);
            if (error !== 0) tell('ops.pin.refused', attachment);
            return error;
          },
        }),
    ...(unpin === undefined
      ? {}
      : {
          *unpin(attachment) {
            tell('ops.unpin', attachment);
            yield* unpin(attachment);
          },
        }),
    *map(attachment, direction) {
      tell('ops.map', attachment, direction);
      const table = yield* ops.map(attachment, direction);
      if (table === null || typeof table === 'number') tell('ops.map.refused', attachment);
      return table;
    },
    *unmap(attachment, table, direction) {
      tell('ops.unmap', attachment, direction);
      yield* ops.unmap(attachment, table, direction);
    },
  };
}

function cpuAccess(
  ops: DmaBufOps,
  tell: Tell,
): Pick<DmaBufOps, 'beginCpuAccess' | 'endCpuAccess' | 'mmap' | 'vmap' | 'vunmap'> {
  const beginCpuAccess = ops.beginCpuAccess?.bind(ops);
  const endCpuAccess = ops.endCpuAccess?.bind(ops);
  const mmap = ops.mmap?.bind(ops);
  const vmap = ops.vmap?.bind(ops);
  const vunmap = ops.vunmap?.bind(ops);
  return {
    ...(beginCpuAccess === undefined
      ? {}
      : {
          *beginCpuAccess(buffer, direction) {
            tell('ops.begin', null, direction);
            return yield* beginCpuAccess(buffer, direction);
          },
        }),
    ...(endCpuAccess === undefined
      ? {}
      : {
          *endCpuAccess(buffer, direction) {
            tell('ops.end', null, direction);
            return yield* endCpuAccess(buffer, direction);
          },
        }),
    ...(mmap === undefined
      ? {}
      : {
          *mmap(buffer, request) {
            tell('ops.mmap');
            return yield* mmap(buffer, request);
          },
        }),
    ...(vmap === undefined
      ? {}
      : {
          *vmap(buffer) {
            tell('ops.vmap');
            return yield* vmap(buffer);
          },
        }),
    ...(vunmap === undefined
      ? {}
      : {
          *vunmap(buffer, area) {
            tell('ops.vunmap');
            yield* vunmap(buffer, area);
          },
        }),
  };
}
