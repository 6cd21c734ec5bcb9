import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainWord } from '../kernel/plain.ts';
import type { DeviceLane } from './device-lane.ts';
import type { DmaPort } from './dma-port.ts';
import type { InterruptLine, LineOptions } from './interrupt-line.ts';
import type { IommuDomain } from './iommu-domain.ts';
import type { Platform } from './platform.ts';

export interface DeviceOptions {
  readonly name: string;
  /** It looks into the cache of the processors. Default: no. */
  readonly isCoherent?: boolean;
  /** Physical addresses, and no protection. Default: no. */
  readonly bypassesIommu?: boolean;
  /** It may do that: nobody asks what it does. Default: no. */
  readonly isTrusted?: boolean;
  /** The machine's VRAM is this device's own. Default: no. */
  readonly hasVram?: boolean;
}

/** The first lane that engines of a device may use. */
const ENGINE_LANE = 4;

/**
 * What all devices have: a name, a way to memory, interrupt lines, and that they may be pulled out.
 * A device of a kind has one, and lanes that do what it does.
 *
 * @rule HW-MEM-008
 */
export class Device extends KernelObject {
  readonly platform: Platform;
  readonly name: string;
  /** Above 0: the IOMMU has number 0. */
  readonly number: number;
  readonly isCoherent: boolean;
  readonly vram: boolean;
  /** Null: it uses physical addresses. */
  readonly domain: IommuDomain | null;
  readonly dma: DmaPort;
  /** Its number as a writer of tokens. */
  readonly writer: number;
  /** It was pulled out, and does not come back. */
  readonly isGone: PlainWord<boolean>;
  private readonly lines: InterruptLine[] = [];
  private readonly lanes: DeviceLane[] = [];

  constructor(platform: Platform, options: DeviceOptions) {
    super(platform.world, 'device');
    this.isStatic = true;
    this.platform = platform;
    this.name = options.name;
    this.alias = options.name;
    this.number = platform.register(this);
    this.isCoherent = options.isCoherent ?? false;
    this.vram = options.hasVram ?? false;
    const { types, oracle } = platform;
    const bypasses = options.bypassesIommu ?? false;
    this.domain = bypasses ? null : new types.IommuDomain(this);
    if (bypasses && options.isTrusted !== true) {
      oracle.note('CONTEXT_RULE', 'it is not trusted, and bypasses the IOMMU', this.name);
    }
    this.dma = new types.DmaPort(this);
    this.writer = oracle.writer(options.name);
    this.isGone = new PlainWord<boolean>(this, 'isGone', false, 'once');
  }

  /** A lane for an engine of the device. At set-up. */
  addLane(name: string): DeviceLane {
    const number = ENGINE_LANE + this.lanes.length;
    const { DeviceLane: Lane } = this.platform.types;
    const lane = new Lane(this, `${this.name}.${name}`, this.number, number);
    this.lanes.push(lane);
    return lane;
  }

  /** At set-up. */
  addInterrupt(options: LineOptions): InterruptLine {
    const line = this.platform.interrupts.addLine(options);
    this.lines.push(line);
    return line;
  }

  /** It is pulled out: no access of it or to it goes anywhere any more, and no interrupt comes. */
  unplug(): void {
    this.isGone.set(true);
    for (const line of this.lines) line.disconnect();
    this.dma.reset();
    for (const lane of this.lanes) lane.wake();
  }

  visitState(visit: StateVisitor): void {
    visit('isGone', this.isGone.value);
  }
}
