import type { KernelTask } from '../../kernel/access.ts';
import { Mutex } from '../../kernel/mutex.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainTable, PlainWord } from '../../kernel/plain.ts';
import { SpinLock } from '../../kernel/spinlock.ts';
import { WorkQueue } from '../../kernel/work-queue.ts';
import type { Stack } from '../../stack.ts';
import type { DrmDevice } from '../drm-device.ts';
import type { DrmFile } from '../drm-file.ts';
import { Connector } from './connector.ts';
import { Crtc } from './crtc.ts';
import type { DisplayEvents } from './display-events.ts';
import type { DisplayDriver, DisplayHardware } from './display-hardware.ts';
import type { Framebuffer } from './framebuffer.ts';
import type { KmsTypes } from './kms-types.ts';
import { ModesetLock } from './modeset-lock.ts';
import { Plane } from './plane.ts';

/** Commits of one CRTC that can be under way at once: one that flips, and one that is cleaned up. */
const WORKERS_PER_CRTC = 2;

/** The display side of a device. @kernel struct drm_mode_config */
export class ModeConfig extends KernelObject {
  readonly device: DrmDevice;
  readonly stack: Stack;
  readonly types: KmsTypes;
  readonly hardware: DisplayHardware;
  readonly planes: readonly Plane[];
  readonly crtcs: readonly Crtc[];
  readonly connectors: readonly Connector[];
  /** Protects what is connected to what. @kernel connection_mutex */
  readonly connectionLock: ModesetLock;
  /** Taken by interrupts. @kernel event_lock */
  readonly eventLock: SpinLock;
  readonly events: DisplayEvents;
  /** @kernel idr_mutex */
  readonly idLock: Mutex;
  /** By number. Under `idLock`. @kernel object_idr */
  readonly framebuffers: PlainTable<Framebuffer | null>;
  /** Protects the lists that files have of their framebuffers. @kernel fbs_lock */
  readonly fileListLock: Mutex;
  /** Who may change what is shown. It has a lock of its own. @kernel master */
  readonly master: PlainWord<DrmFile | null>;
  /** Nobody waits for a worker that waits for somebody else. @kernel system_unbound_wq */
  readonly workers: readonly WorkQueue[];

  constructor(device: DrmDevice, driver: DisplayDriver) {
    super(device.world, 'modeConfig');
    this.isStatic = true;
    const { stack } = device;
    this.device = device;
    this.stack = stack;
    this.types = stack.types;
    this.connectionLock = new ModesetLock(stack, 'connection_mutex');
    this.eventLock = new SpinLock(this, 'event_lock', '&dev->event_lock');
    this.events = new this.types.DisplayEvents(this);
    this.idLock = new Mutex(this, 'idr_mutex', '&dev->mode_config.idr_mutex');
    this.framebuffers = new PlainTable<Framebuffer | null>(this, 'object_idr');
    this.fileListLock = new Mutex(this, 'fbs_lock', '&file_priv->fbs_lock');
    this.master = new PlainWord<DrmFile | null>(this, 'master', null, 'full');
    this.hardware = driver.make(this);
    const { crtcs, overlays, hasWriteback, firstCrtc } = driver.layout;
    const layers = 1 + overlays;
    this.planes = Array.from({ length: crtcs * layers }, (_all, index) => {
      const type = index % layers === 0 ? 'primary' : 'overlay';
      return new Plane(this, type, index, firstCrtc - crtcs * layers + index);
    });
    this.crtcs = Array.from({ length: crtcs }, (_all, index) => {
      return new Crtc(this, index, firstCrtc + index);
    });
    const screens = crtcs + (hasWriteback ? 1 : 0);
    this.connectors = Array.from({ length: screens }, (_all, index) => {
      return new Connector(this, index, firstCrtc + crtcs + index, index === crtcs);
    });
    this.workers = Array.from({ length: crtcs * WORKERS_PER_CRTC }, (_all, index) => {
      return new WorkQueue(this.world, `commits of ${device.name} ${index}`);
    });
  }

  /** The plane that page flips of a CRTC are about. */
  primaryOf(crtc: Crtc): Plane {
    const layers = this.planes.length / this.crtcs.length;
    // The layout has one for each CRTC.
    return this.planes[crtc.index * layers] as Plane;
  }

  /** The framebuffer with this number, with a reference, or null. @kernel drm_framebuffer_lookup */
  *lookup(number: number): KernelTask<Framebuffer | null> {
    yield* this.idLock.acquire();
    const fb = this.framebuffers.get(number);
    const isTaken = fb !== null && (yield* fb.references.incUnlessZero());
    this.idLock.release();
    return isTaken ? fb : null;
  }

  /** The number of a new framebuffer. @kernel drm_framebuffer_init */
  *register(make: (number: number) => Framebuffer): KernelTask<Framebuffer> {
    yield* this.idLock.acquire();
    let number = this.firstFramebuffer;
    while (this.framebuffers.get(number) !== null) number += 1;
    const fb = make(number);
    this.framebuffers.set(number, fb);
    this.idLock.release();
    return fb;
  }

  /** Behind everything else that has a number. */
  private get firstFramebuffer(): number {
    return 1 + Math.max(...this.connectors.map(({ number }) => number));
  }

  /** @kernel drm_mode_object_unregister */
  *unregister(fb: Framebuffer): KernelTask<void> {
    yield* this.idLock.acquire();
    this.framebuffers.set(fb.number, null);
    this.idLock.release();
  }

  visitState(visit: StateVisitor): void {
    visit('planes', [...this.planes]);
    visit('crtcs', [...this.crtcs]);
    visit('connectors', [...this.connectors]);
    visit('connection_mutex', this.connectionLock.state);
    visit('event_lock', this.eventLock.holder?.index ?? -1);
    visit('idr_mutex', this.idLock.holder?.index ?? -1);
    visit(
      'framebuffers',
      this.framebuffers.value.map(([number, fb]) => [number, fb]),
    );
    visit('fbs_lock', this.fileListLock.holder?.index ?? -1);
    visit('master', this.master.value);
  }
}
