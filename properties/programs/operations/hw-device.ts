import { errnoName } from '../../../impl/kernel/errno.ts';
import { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import type { CpuAccess } from '../../../impl/hw/cpu-access.ts';
import { BounceMapping } from '../../../impl/hw/bounce-mapping.ts';
import { DmaMapping } from '../../../impl/hw/dma-mapping.ts';
import { LINE_BYTES, PAGE_BYTES } from '../../../impl/hw/platform-options.ts';
import { ProbeDevice, type ProbeJob } from '../../hardware/probe-device.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, ProgramError } from '../operation.ts';
import { oneOf } from './choice.ts';
import { blockOf, platformOf } from './hw-memory.ts';

const DIRECTIONS = ['bidirectional', 'toDevice', 'fromDevice'] as const;
const WAYS: readonly ProbeJob['way'][] = ['read', 'write', 'burst', 'draw', 'peek'];

export function deviceOf(environment: Environment, args: Arguments): ProbeDevice {
  return environment.find(args.text('device'), ProbeDevice);
}

function mappingOf(environment: Environment, args: Arguments): DmaMapping {
  return environment.find(args.text('mapping'), DmaMapping);
}

/** A mapping, or an address of the device itself. Unit: bytes. */
function targetOf(environment: Environment, args: Arguments): Pick<ProbeJob, 'address' | 'meant'> {
  const at = args.either('at');
  if (typeof at === 'number') return { address: at, meant: null };
  const meant = environment.find(at, DmaMapping);
  return { address: meant.iova * PAGE_BYTES, meant };
}

function mappingsOf(environment: Environment, args: Arguments): readonly DmaMapping[] {
  const first = mappingOf(environment, args);
  return args.has('other') ? [first, environment.find(args.text('other'), DmaMapping)] : [first];
}

function accessOf([first]: readonly DmaMapping[]): CpuAccess {
  if (first === undefined) throw new ProgramError('an access is to a mapping');
  const { platform } = first.device;
  return new platform.types.CpuAccess(platform);
}

/** Calls about devices that access memory, and what drivers do for them. */
defineOperations([
  {
    name: 'hw.device',
    parameters: ['coherent', 'bypass', 'vram', 'platform'],
    *run(environment, args, out) {
      const device = new ProbeDevice(platformOf(environment, args), {
        name: out ?? 'device',
        isCoherent: args.boolean('coherent', false),
        bypassesIommu: args.boolean('bypass', false),
        hasVram: args.boolean('vram', false),
      });
      environment.bind(out, device);
      return null;
    },
  },
  {
    name: 'hw.map',
    parameters: ['device', 'block', 'direction'],
    *run(environment, args, out) {
      const { pages } = blockOf(environment, args);
      const device = deviceOf(environment, args);
      const direction = oneOf(args, 'direction', DIRECTIONS);
      const mapping = yield* device.platform.mapper.map(device, pages, direction);
      if (typeof mapping === 'number') return errnoName(mapping);
      environment.bind(out, mapping);
      environment.own(mapping, () => device.platform.mapper.unmap(mapping));
      return mapping.iova * PAGE_BYTES;
    },
  },
  {
    // Bytes of the first page of a block.
    name: 'hw.mapBytes',
    parameters: ['device', 'block', 'from', 'length', 'direction'],
    *run(environment, args, out) {
      const [page = 0] = blockOf(environment, args).pages;
      const device = deviceOf(environment, args);
      const range = { page, from: args.number('from'), length: args.number('length') };
      const direction = oneOf(args, 'direction', DIRECTIONS);
      const mapping = yield* device.platform.mapper.mapBytes(device, range, direction);
      if (typeof mapping === 'number') return errnoName(mapping);
      environment.bind(out, mapping);
      environment.own(mapping, () => device.platform.mapper.unmap(mapping));
      return mapping instanceof BounceMapping ? 'bounced' : 'direct';
    },
  },
  {
    // `frees`: the pages go back when nobody can reach them any more.
    name: 'hw.unmap',
    parameters: ['mapping', 'frees'],
    *run(environment, args) {
      const mapping = mappingOf(environment, args);
      const { mapper, pages } = mapping.device.platform;
      const frees = args.boolean('frees', false);
      environment.disown(mapping);
      yield* mapper.unmap(mapping, frees ? () => pages.release(mapping.pages) : null);
      return null;
    },
  },
  {
    // The entries are gone from the table, and nothing else is done: half of an unmapping.
    name: 'hw.clearEntries',
    parameters: ['mapping'],
    *run(environment, args) {
      const { device, iova, pages } = mappingOf(environment, args);
      if (device instanceof ProbeDevice) yield* device.drive();
      for (let index = 0; index < pages.length; index += 1) device.domain?.clear(iova + index);
      return null;
    },
  },
  {
    // The ledger of pages does not know of the mapping any more.
    name: 'hw.forget',
    parameters: ['mapping'],
    *run(environment, args) {
      const { device, pages, user } = mappingOf(environment, args);
      for (const page of pages) device.platform.memory.removeMap(page, user);
      return null;
    },
  },
  {
    // The other half: of one mapping, or of all that the device has cached.
    name: 'hw.invalidate',
    parameters: ['mapping', 'all', 'waits'],
    *run(environment, args) {
      const { device, iova } = mappingOf(environment, args);
      const { iommu } = device.platform;
      if (device.domain === null) return null;
      const marker = yield* iommu.invalidate(
        device.domain,
        args.boolean('all', false) ? null : iova,
      );
      if (args.boolean('waits', true)) yield* iommu.await(marker);
      return null;
    },
  },
  {
    // The device is reset: nothing that it has cached or posted is left.
    name: 'hw.reset',
    parameters: ['device'],
    *run(environment, args) {
      const device = deviceOf(environment, args);
      yield* device.drive();
      device.dma.reset();
      return null;
    },
  },
  {
    // What an exporter does before the processors look: of one mapping, or of two.
    name: 'hw.begin',
    parameters: ['mapping', 'resv', 'write', 'other'],
    *run(environment, args) {
      const mappings = mappingsOf(environment, args);
      const resv = environment.find(args.text('resv'), DmaResv);
      return yield* accessOf(mappings).begin(resv, mappings, args.boolean('write', false));
    },
  },
  {
    name: 'hw.end',
    parameters: ['mapping', 'other'],
    *run(environment, args) {
      const mappings = mappingsOf(environment, args);
      yield* accessOf(mappings).end(mappings);
      return null;
    },
  },
  {
    // The device does something for ever; with one of these ticks it signals a fence.
    name: 'hw.ticks',
    parameters: ['device', 'period', 'tick', 'fence'],
    *run(environment, args) {
      const device = deviceOf(environment, args);
      if (!args.has('fence')) {
        device.startTicks(args.number('period'));
        return null;
      }
      const fence = environment.fence(args.text('fence'));
      device.startTicks(args.number('period'), args.number('tick'), function* signal() {
        yield* fence.signal();
      });
      return null;
    },
  },
  {
    // The device signals a fence when it has done everything that it was told.
    name: 'hw.signalWhenDone',
    parameters: ['device', 'fence'],
    *run(environment, args) {
      const device = deviceOf(environment, args);
      yield* device.finish();
      return yield* environment.fence(args.text('fence')).signal();
    },
  },
  {
    name: 'hw.syncForCpu',
    parameters: ['mapping'],
    *run(environment, args) {
      const mapping = mappingOf(environment, args);
      yield* mapping.device.platform.mapper.syncForCpu(mapping);
      return null;
    },
  },
  {
    name: 'hw.syncForDevice',
    parameters: ['mapping'],
    *run(environment, args) {
      const mapping = mappingOf(environment, args);
      yield* mapping.device.platform.mapper.syncForDevice(mapping);
      return null;
    },
  },
  {
    // The device has one more job; `at` is a mapping, or an address of its own.
    name: 'hw.dma',
    parameters: ['device', 'way', 'at', 'lines', 'version', 'offset'],
    *run(environment, args) {
      const { address, meant } = targetOf(environment, args);
      const device = deviceOf(environment, args);
      yield* device.drive();
      device.push({
        way: oneOf(args, 'way', WAYS),
        address: address + args.number('offset', 0) * LINE_BYTES,
        meant,
        lines: args.number('lines', 1),
        version: args.number('version', 1),
      });
      return null;
    },
  },
  {
    // Waits until the device has nothing to do; what it has read since it was asked last.
    name: 'hw.finish',
    parameters: ['device'],
    *run(environment, args) {
      const device = deviceOf(environment, args);
      yield* device.finish();
      return device.seen.splice(0).join(',');
    },
  },
  {
    name: 'hw.flush',
    parameters: ['device'],
    *run(environment, args) {
      yield* deviceOf(environment, args).cache.flush();
      return null;
    },
  },
  {
    name: 'hw.dropClean',
    parameters: ['device'],
    *run(environment, args) {
      const device = deviceOf(environment, args);
      yield* device.drive();
      device.cache.invalidateClean();
      return null;
    },
  },
  {
    name: 'hw.unplug',
    parameters: ['device'],
    *run(environment, args) {
      yield* deviceOf(environment, args).pull();
      return null;
    },
  },
  {
    name: 'hw.writeRegister',
    parameters: ['device', 'register', 'value'],
    *run(environment, args) {
      const { mmio } = deviceOf(environment, args);
      yield* mmio.write(args.text('register', 'VALUE'), args.number('value', 1));
      return null;
    },
  },
  {
    name: 'hw.readRegister',
    parameters: ['device', 'register'],
    *run(environment, args) {
      const { mmio } = deviceOf(environment, args);
      return yield* mmio.read(args.text('register', 'VALUE'));
    },
  },
  {
    // What the device itself has in a register.
    name: 'hw.register',
    parameters: ['device', 'register'],
    *run(environment, args) {
      return yield* deviceOf(environment, args).look(args.text('register', 'VALUE'));
    },
  },
  {
    // What the device can reach, as its table says it.
    name: 'hw.domain',
    parameters: ['device'],
    *run(environment, args) {
      const { domain, world } = deviceOf(environment, args);
      if (domain === null) return 'bypass';
      world.touch(domain, 'table', 'read', 'once');
      const rows = domain.entries.map(([iova, entry]) => {
        const { page, canRead, canWrite, epoch } = entry;
        const rights = `${canRead ? 'r' : ''}${canWrite ? 'w' : ''}`;
        return `0x${iova.toString(16)}:${page} ${rights} ${epoch}`;
      });
      return rows.join(', ');
    },
  },
  {
    name: 'hw.cachedPages',
    parameters: ['device'],
    *run(environment, args) {
      const { domain, world } = deviceOf(environment, args);
      if (domain === null) return '';
      world.touch(domain, 'iotlb', 'read', 'once');
      return domain.cachedPages.map((page) => page.toString(16)).join(',');
    },
  },
  {
    // Takes the records of faults out of the queue.
    name: 'hw.faults',
    parameters: ['platform'],
    *run(environment, args) {
      const { iommu } = platformOf(environment, args);
      const { total, hasOverflown } = iommu.status;
      const texts = iommu.takeFaults().map(({ device, access, iova, reason }) => {
        return `${device} ${access} 0x${iova.toString(16)} ${reason}`;
      });
      return `${texts.join(', ')} of ${total}${hasOverflown ? ', some lost' : ''}`;
    },
  },
  {
    name: 'hw.addressesInUse',
    parameters: ['device'],
    *run(environment, args) {
      const device = deviceOf(environment, args);
      return device.platform.mapper.takenBy(device);
    },
  },
]);
