import { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { Device } from '../../../impl/hw/device.ts';
import { Crtc } from '../../../impl/hw/display/crtc.ts';
import { DisplayBus } from '../../../impl/hw/display/display-bus.ts';
import type { Platform } from '../../../impl/hw/platform.ts';
import type {
  HardwareLedger,
  LedgerCommit,
  LedgerWork,
} from '../../../impl/kernel/hardware-ledger.ts';
import type { KernelObject } from '../../../impl/kernel/object.ts';
import type { HardwareRecord, Observer, WorldEvent } from '../../../impl/kernel/observer.ts';
import type { StateKey } from '../../../impl/kernel/state-key.ts';
import type { World } from '../../../impl/kernel/world.ts';
import type { Finding } from '../../run/finding.ts';
import type { Run } from '../../run/run.ts';
import { AccessesBook } from './accesses.ts';
import { BracketsBook } from './brackets.ts';
import { judgeLeftovers } from './leftovers.ts';
import { E2eNotes } from './notes.ts';
import { ScreenBook } from './screen.ts';
import { VideosBook } from './videos.ts';
import { WorksBook } from './works.ts';

/** What kinds of objects the books are about. */
const CONCERNED: ReadonlySet<string> = new Set([
  'fence',
  'interruptLine',
  'gpu',
  'dmaEngine',
  'crtc',
  'camera',
  'codec',
  'vb2Buffer',
]);

/** The books of one machine: each thing that it tells goes to those that it concerns. */
export class Books implements HardwareLedger, Observer {
  private readonly platform: Platform;
  private readonly notes: E2eNotes;
  private readonly works: WorksBook;
  private readonly brackets: BracketsBook;
  private readonly accesses: AccessesBook;
  private readonly videos: VideosBook;
  private readonly screens = new Map<KernelObject, ScreenBook>();
  /** Commits whose screen has not spoken yet. */
  private readonly early = new Map<KernelObject, LedgerCommit[]>();

  constructor(platform: Platform, world: World) {
    this.platform = platform;
    this.notes = new E2eNotes(world);
    this.works = new WorksBook(platform, this.notes);
    this.brackets = new BracketsBook(platform, this.notes);
    this.accesses = new AccessesBook(this.notes);
    this.videos = new VideosBook(this.notes, this.accesses);
  }

  written(device: KernelObject, place: number, token: number): void {
    this.works.written(device, place, token);
  }

  landed(device: KernelObject, place: number, token: number): void {
    this.works.landed(device, place, token);
    this.brackets.landed(place);
    this.accesses.landed(device, place);
    this.changed(place);
  }

  stored(place: number, token: number, isCached: boolean): void {
    this.brackets.stored(place, token);
    if (!isCached) this.changed(place);
  }

  private changed(place: number): void {
    for (const screen of this.screens.values()) screen.changed(place);
    this.videos.changed(place);
  }

  seen(place: number, token: number, isCached: boolean): void {
    this.brackets.seen(place, token, isCached);
  }

  bracket(pages: readonly number[], isBegin: boolean): void {
    this.brackets.bracket(pages, isBegin);
  }

  submitted(work: LedgerWork): void {
    this.notes.touch();
    this.accesses.uses(work.device);
    this.works.submitted(work);
  }

  committed(commit: LedgerCommit): void {
    this.accesses.uses(commit.device);
    const screen = this.screens.get(commit.device);
    if (screen !== undefined) screen.committed(commit);
    else this.early.set(commit.device, [...(this.early.get(commit.device) ?? []), commit]);
  }

  pulled(): void {
    this.accesses.pulled();
  }

  hardware(record: HardwareRecord): void {
    this.accesses.record(record);
  }

  event(event: WorldEvent): void {
    const { object, name, result } = event;
    // Pages and lines of caches say very much, and nothing that is of interest here.
    if (!CONCERNED.has(object.kind)) return;
    this.works.event(event);
    this.videos.event(event);
    if (object instanceof Crtc) this.screenOf(object)?.event(name);
    if (object instanceof DmaFence && name === 'signal' && result === 0) {
      for (const screen of this.screens.values()) screen.signaled(object);
    }
  }

  private screenOf(crtc: Crtc): ScreenBook | null {
    if (!(crtc.port instanceof DisplayBus)) return null;
    const { device } = crtc.port;
    const known = this.screens.get(device);
    if (known !== undefined || !(device instanceof Device)) return known ?? null;
    const screen = new ScreenBook(crtc, device, this.notes);
    this.screens.set(device, screen);
    for (const commit of this.early.get(device) ?? []) screen.committed(commit);
    this.early.delete(device);
    return screen;
  }

  visitState(key: StateKey): void {
    this.works.visitState(key);
    this.brackets.visitState(key);
    this.videos.visitState(key);
    for (const screen of this.screens.values()) screen.visitState(key);
    this.notes.visitState(key);
  }

  end(run: Run): readonly Finding[] {
    if (run.world.crashed) return this.notes.findings;
    const isStuck = run.blocked.length > 0;
    this.works.end(isStuck);
    this.videos.end(isStuck);
    for (const screen of this.screens.values()) screen.end(isStuck);
    const isDriven =
      !this.works.isEmpty ||
      this.videos.hasDrivers ||
      [...this.screens.values()].some((one) => one.hasCommits);
    if (run.isOver && isDriven) judgeLeftovers(this.platform, this.notes);
    return this.notes.findings;
  }
}
