import { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { Crtc } from '../../../impl/hw/display/crtc.ts';
import type { LoggedFrame } from '../../../impl/hw/display/frame-log.ts';
import type { Device } from '../../../impl/hw/device.ts';
import { LINE_BYTES, PAGE_BYTES, PAGE_LINES } from '../../../impl/hw/platform-options.ts';
import type { LedgerCommit } from '../../../impl/kernel/hardware-ledger.ts';
import type { StateKey } from '../../../impl/kernel/state-key.ts';
import { placeOf } from './addresses.ts';
import type { E2eNotes } from './notes.ts';
import { contentsOf, numberOf } from './shown.ts';

/** A handler and a worker do some things until a frame is programmed, and until its fence signals. */
const SLACK_NS = 2_000_000;
/** Vertical blanks that a frame may take once nothing keeps it. */
const BLANKS_MAX = 2;

interface Commit {
  readonly entry: LedgerCommit;
  readonly acceptedNs: number;
  /** Null: it has not signaled. */
  outNs: number | null;
  inNs: number | null;
  wasLatched: boolean;
}

/** One screen: what was to be shown on it, and what its log says. */
export class ScreenBook {
  private readonly crtc: Crtc;
  private readonly device: Device;
  private readonly notes: E2eNotes;
  private readonly commits: Commit[] = [];
  /** The one that the screen shows, if it is known. */
  private current: Commit | null = null;
  private isRising = true;
  private highest = -1;
  /** Frames of the log that were looked at, and the last number and address, by plane. */
  private judged = 0;
  private readonly numbers: number[] = [];
  private addresses: readonly number[] = [];
  private onNs: number | null = null;
  /** Pages that it reads again and again. */
  private pages: ReadonlySet<number> = new Set();

  constructor(crtc: Crtc, device: Device, notes: E2eNotes) {
    this.crtc = crtc;
    this.device = device;
    this.notes = notes;
  }

  get hasCommits(): boolean {
    return this.commits.length > 0;
  }

  committed(entry: LedgerCommit): void {
    const { world } = this.notes;
    this.notes.touch();
    const { frame, inFence } = entry;
    if (frame === null || frame < this.highest) this.isRising = false;
    else this.highest = frame;
    const isReady = inFence instanceof DmaFence && (inFence.flags.bits & SIGNALED) !== 0;
    const acceptedNs = world.clock.valueNs;
    const inNs = inFence === null || isReady ? acceptedNs : null;
    this.commits.push({ entry, acceptedNs, inNs, outNs: null, wasLatched: false });
  }

  signaled(fence: DmaFence): void {
    const { valueNs } = this.notes.world.clock;
    for (const commit of this.commits) {
      if (commit.entry.inFence === fence) commit.inNs ??= valueNs;
      if (commit.entry.outFence !== fence) continue;
      this.notes.touch();
      if (this.isLate(commit)) {
        this.notes.note(['E2E-003'], `${fence.label} tells of its frame too late`);
      }
      commit.outNs = valueNs;
    }
  }

  event(name: string): void {
    switch (name) {
      case 'enable':
        this.onNs = this.notes.world.clock.valueNs;
        this.look();
        return;
      case 'latch':
      case 'repeat':
        this.judgeFrames();
        if (name === 'latch' || !this.crtc.options.hasGo) this.latch();
        return;
      case 'flip.latch':
        this.latch();
        return;
      case 'stop':
      case 'unplug':
        this.judgeFrames();
        this.end(false);
        this.onNs = null;
        this.pages = new Set();
        return;
      default: // says nothing about a frame
    }
  }

  /** What is programmed is shown from now on. */
  private latch(): void {
    const shown = this.crtc.activeOf(0, 'ADDR');
    const shows = ({ entry }: Commit): boolean => entry.addresses[0] === shown;
    const next = this.commits.find((commit) => !commit.wasLatched && shows(commit));
    if (next !== undefined) {
      next.wasLatched = true;
      this.current = next;
    }
    this.look();
  }

  private look(): void {
    const { planes, lines, lineTokens } = this.crtc.options;
    const bytes = lines * lineTokens * LINE_BYTES;
    const pages = new Set<number>();
    for (let plane = 0; plane < planes; plane += 1) {
      if (this.crtc.activeOf(plane, 'CTL') === 0) continue;
      const from = this.crtc.activeOf(plane, 'ADDR');
      for (let offset = 0; offset < bytes; offset += PAGE_BYTES) {
        const place = placeOf(this.device, from + offset);
        if (place !== null) pages.add(Math.floor(place / PAGE_LINES));
      }
    }
    this.pages = pages;
  }

  /** Somebody writes a line of memory. */
  changed(place: number): void {
    if (this.onNs === null || !this.hasCommits) return;
    const page = Math.floor(place / PAGE_LINES);
    if (!this.pages.has(page)) return;
    this.notes.note(['E2E-005'], `page ${page} changes while it is on the screen`);
  }

  private judgeFrames(): void {
    const { log } = this.crtc.scanner;
    const fresh = log.begun - this.judged;
    if (fresh <= 0) return;
    const frames = log.kept.slice(-fresh);
    this.judged = log.begun;
    for (const frame of frames) this.judgeFrame(frame, log.tokensPerLine);
    this.judgePlanes(frames);
  }

  private judgeFrame(frame: LoggedFrame, lineTokens: number): void {
    const inFence = this.current?.entry.inFence ?? null;
    const isExcused = inFence instanceof DmaFence && inFence.error.value !== 0;
    const where = `frame ${frame.count} of plane ${frame.plane}`;
    const contents = contentsOf(frame, lineTokens);
    // The error need not come with the commit: who waits for a point of a timeline hears of none.
    const isSpoiled = [...contents].some((content) => this.notes.isSpoiled(content));
    // A frame whose job has failed is any: part of a new one, or what was there before.
    if (isExcused || isSpoiled) return;
    if (contents.size > 1) {
      this.notes.note(
        ['E2E-001'],
        `${where} is none that was drawn`,
        'one frame, drawn completely',
      );
    }
    const number = numberOf(frame);
    if (number === null) return;
    const before = this.numbers[frame.plane] ?? 0;
    if (this.isRising && this.hasCommits && number < before) {
      this.notes.note(['E2E-002'], `${where} goes back from ${before} to ${number}`);
    }
    this.numbers[frame.plane] = number;
  }

  /** What one commit changes, changes in one frame. */
  private judgePlanes(frames: readonly LoggedFrame[]): void {
    const shown = frames.map(({ address }) => address);
    const before = this.addresses;
    this.addresses = shown;
    for (const [plane, address] of shown.entries()) {
      if (before[plane] === undefined || before[plane] === address) continue;
      const brings = ({ entry }: Commit): boolean => entry.addresses[plane] === address;
      const commits = this.commits.filter(brings);
      const isWhole = commits.some(({ entry }) =>
        entry.addresses.every((one, other) => shown[other] === one),
      );
      if (commits.length > 0 && !isWhole) {
        this.notes.note(['E2E-001'], 'planes of one commit change in different frames');
      }
    }
  }

  private isLate(commit: Commit): boolean {
    const { clock } = this.notes.world;
    if (this.onNs === null || commit.inNs === null || clock.mode !== 'discrete') return false;
    const before = this.commits[this.commits.indexOf(commit) - 1];
    if (before !== undefined && before.outNs === null) return false;
    const fromNs = Math.max(commit.acceptedNs, commit.inNs, before?.outNs ?? 0, this.onNs);
    const { lateInterruptNs } = this.device.platform.options;
    const { periodNs } = this.crtc;
    const extraNs = this.notes.isDisturbed ? Math.max(lateInterruptNs, periodNs) + periodNs : 0;
    return clock.valueNs > fromNs + BLANKS_MAX * periodNs + extraNs + SLACK_NS;
  }

  /** `isStuck`: nothing will happen any more. */
  end(isStuck: boolean): void {
    if (this.onNs === null) return;
    const open = this.commits.find(({ outNs, inNs }) => outNs === null && inNs !== null);
    if (open === undefined || !(isStuck || this.isLate(open))) return;
    this.notes.note(
      ['E2E-003'],
      `${open.entry.outFence.label} never tells that its frame is shown`,
    );
  }

  visitState(key: StateKey): void {
    if (!this.hasCommits) return;
    for (const { entry, acceptedNs, inNs, outNs, wasLatched } of this.commits) {
      key.part();
      key.add(entry.outFence);
      key.add([acceptedNs, inNs ?? 0, outNs ?? 0, wasLatched].join(' '));
    }
    key.part();
    key.add([this.onNs ?? 0, this.judged, this.isRising, ...this.numbers].join(' '));
    key.add(this.addresses.join(' '));
    key.add(this.current === null ? -1 : this.commits.indexOf(this.current));
  }
}
