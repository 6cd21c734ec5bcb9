import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import { BackingTable, type MemoryPlace } from '../../../impl/drm/dynamic/backing.ts';
import { FollowingImporter } from '../../../impl/drm/dynamic/following-importer.ts';
import { MovableObject } from '../../../impl/drm/dynamic/movable-object.ts';
import { LocalObject } from '../../../impl/drm/exec/local-object.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { O_RDWR } from '../../../impl/uapi/file.ts';
import { PAGE_SIZE } from '../../../impl/uapi/pages.ts';
import { DriverKernel } from '../../own-driver/driver-kernel.ts';
import { bufferOf, ownBuffer } from '../buffers.ts';
import type { Environment } from '../environment.ts';
import { looksAt } from '../looks-at.ts';
import {
  type Arguments,
  defineOperations,
  type Operation,
  ProgramError,
  type Result,
} from '../operation.ts';
import { LOOK } from './inspect.ts';

const PLACES: readonly MemoryPlace[] = ['vram', 'system'];

function placeOf(args: Arguments): MemoryPlace {
  const place = PLACES.find((one) => one === args.text('place'));
  if (place === undefined) throw new ProgramError(`${args.text('place')} is no place of memory`);
  return place;
}

function placesOf(args: Arguments): readonly MemoryPlace[] {
  if (!args.has('places')) return PLACES;
  const names = args.names('places');
  return PLACES.filter((place) => names.includes(place));
}

function movableOf(buffer: DmaBuf): MovableObject {
  if (buffer.priv instanceof MovableObject) return buffer.priv;
  throw new ProgramError(`${buffer.label} is of no object that moves`);
}

/** A call about an object that moves. */
function moving(
  name: string,
  parameters: readonly string[],
  run: (object: MovableObject, args: Arguments, environment: Environment) => KernelTask<Result>,
): Operation {
  return {
    name,
    parameters: ['buffer', ...parameters],
    *run(environment, args) {
      return yield* run(movableOf(bufferOf(environment, args)), args, environment);
    },
  };
}

/** A call about an importer, which may not have come to be. */
function following(
  name: string,
  parameters: readonly string[],
  run: (importer: FollowingImporter, args: Arguments) => KernelTask<Result>,
): Operation {
  return {
    name,
    parameters: ['importer', ...parameters],
    *run(environment, args) {
      if (environment.value(args.text('importer')) === null) return 'not open';
      return yield* run(environment.find(args.text('importer'), FollowingImporter), args);
    },
  };
}

function* looked(object: MovableObject, text: () => Result): KernelTask<Result> {
  yield LOOK;
  looksAt(object);
  return text();
}

function* closed(importer: FollowingImporter, buffer: DmaBuf): KernelTask<void> {
  yield* importer.close();
  yield* buffer.file.put();
}

/** Buffers that move, and importers that follow them. */
defineOperations([
  {
    // A buffer in device memory, unless said otherwise. `peers`: devices with a route to it.
    name: 'dyn.export',
    parameters: ['place', 'places', 'peers'],
    *run(environment, args, out) {
      const { stack } = environment;
      const object = new stack.types.MovableObject(stack, {
        device: { name: 'gpu' },
        places: placesOf(args),
        at: args.has('place') ? placeOf(args) : 'vram',
        queue: new DriverKernel(stack, out).engine('copy'),
        peers: args.has('peers') ? args.names('peers').map(String) : [],
      });
      const buffer = yield* stack.buffers.export({
        exporterName: 'movable',
        owner: null,
        ops: object,
        size: PAGE_SIZE,
        flags: O_RDWR,
        resv: object.resv,
        priv: object,
      });
      if (typeof buffer === 'number') {
        yield* object.release();
        return buffer;
      }
      object.exported(buffer);
      environment.bind(out, buffer);
      ownBuffer(environment, buffer);
      return 0;
    },
  },
  moving('dyn.move', ['place'], (object, args) => object.move(placeOf(args), null)),
  // The same within a transaction of its own.
  moving('dyn.moveWithTicket', ['place'], function* (object, args, { stack }) {
    const ticket = new stack.types.WwAcquireContext(stack.reservationClass);
    yield* ticket.init();
    const error = yield* object.move(placeOf(args), ticket);
    ticket.fini();
    return error;
  }),
  moving('dyn.pinHere', [], function* (object) {
    yield* object.pinHere();
    return null;
  }),
  moving('dyn.unpinHere', [], function* (object) {
    yield* object.unpinHere();
    return null;
  }),
  // Where it is, and how often it is pinned: `vram`, `system, 1 pins`.
  moving('dyn.place', [], (object) =>
    looked(object, () => {
      const pins = object.pins.value;
      return object.backing.value.place + (pins === 0 ? '' : `, ${pins} pins`);
    }),
  ),
  // What is in it, when nobody is at it any more.
  moving('dyn.content', [], (object) =>
    looked(object, () => {
      looksAt(object.backing.value);
      return object.backing.value.content;
    }),
  ),
  {
    name: 'dyn.open',
    parameters: ['buffer', 'device', 'peer2peer'],
    *run(environment, args, out) {
      const { stack } = environment;
      const buffer = bufferOf(environment, args);
      const root = yield* LocalObject.create(stack, null);
      environment.own(root, () => root.put());
      // Whoever imports has found the buffer behind a descriptor, and holds it.
      yield* buffer.file.get();
      const importer = new stack.types.FollowingImporter(stack, {
        device: { name: args.text('device') },
        buffer,
        root,
        queue: new DriverKernel(stack, out).engine('gpu'),
        allowPeer2peer: args.boolean('peer2peer', false),
      });
      const error = yield* importer.open();
      if (error !== 0) {
        environment.bind(out, null);
        stack.world.memory.free(importer);
        yield* buffer.file.put();
        return error;
      }
      environment.bind(out, importer);
      environment.own(importer, () => closed(importer, buffer), true);
      return 0;
    },
  },
  following('dyn.write', ['value', 'explicit'], (importer, args) =>
    importer.job({ writes: args.number('value'), isExplicit: args.boolean('explicit', false) }),
  ),
  following('dyn.read', ['explicit'], (importer, args) =>
    importer.job({ writes: null, isExplicit: args.boolean('explicit', false) }),
  ),
  // What its device has read last.
  following('dyn.seen', [], function* (importer) {
    yield LOOK;
    looksAt(importer);
    return importer.seen.value;
  }),
  // Whether its mapping is good, and where its page table leads: `valid vram`, `stale nowhere`.
  following('dyn.look', [], function* (importer) {
    yield LOOK;
    const entry = importer.entry.value;
    looksAt(importer, entry);
    const place = entry === null ? 'nowhere' : entry.backing.place;
    return `${importer.isValid.value ? 'valid' : 'stale'} ${place}`;
  }),
  {
    // The reservation of the root of its address space.
    name: 'dyn.root',
    parameters: ['importer'],
    *run(environment, args, out) {
      const importer = environment.find(args.text('importer'), FollowingImporter);
      environment.bind(out, importer.root.resv);
      return null;
    },
  },
  {
    name: 'dyn.close',
    parameters: ['importer'],
    *run(environment, args) {
      if (environment.value(args.text('importer')) === null) return 'not open';
      const importer = environment.find(args.text('importer'), FollowingImporter);
      environment.disown(importer);
      yield* closed(importer, importer.buffer);
      return null;
    },
  },
  {
    // Which place a table leads to.
    name: 'dyn.leads',
    parameters: ['table'],
    *run(environment, args) {
      yield LOOK;
      const table = environment.value(args.text('table'));
      return table instanceof BackingTable ? table.backing.place : 'nowhere';
    },
  },
]);
