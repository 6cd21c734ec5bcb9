import type { Codec } from '../../../impl/hw/codec/codec.ts';
import { CODEC_REFERENCES_MAX } from '../../../impl/hw/codec/codec-registers.ts';
import { decoded, pictureOf, versionFor } from '../../../impl/hw/codec/picture.ts';
import { PAGE_LINES } from '../../../impl/hw/platform-options.ts';
import type { Token } from '../../../impl/hw/token.ts';
import { JIFFY_NS } from '../../../impl/kernel/clock.ts';
import type { StateKey } from '../../../impl/kernel/state-key.ts';
import type { CodecDriver } from '../../../impl/media/codec/codec-driver.ts';
import type { CodecJob } from '../../../impl/media/codec/codec-job.ts';
import type { Vb2Buffer } from '../../../impl/media/vb2-buffer.ts';
import type { EventName } from '../../../model/events.ts';
import type { E2eNotes } from './notes.ts';
import { placesOf, tokenAt, type VideoLayout } from './video-lines.ts';

/** A timer counts in whole ticks, and a handler resets the codec. */
const RECOVERY_NS = 15_000_000;

/** A job that a driver has given to its codec. */
interface Decoding {
  readonly driver: CodecDriver;
  readonly source: Vb2Buffer;
  /** Its buffers, as long as they are not back. */
  readonly awaited: Set<Vb2Buffer>;
  /** When its source is back at the latest. Unit: nanoseconds since boot. */
  readonly latestNs: number;
}

/**
 * Codecs: pictures are what they should be, nobody writes to what a job reads, and buffers come back
 * in time.
 */
export class DecodingsBook {
  private readonly notes: E2eNotes;
  private readonly drivers = new Map<Codec, CodecDriver>();
  /** Jobs whose buffers are not all back. */
  private jobs: readonly Decoding[] = [];
  /** What is to be in lines of pictures, by place; they stay when clients have them. */
  private readonly pictures = new Map<number, Token>();
  /** Pages that the job of a codec reads. */
  private readonly reads = new Map<Codec, ReadonlySet<number>>();

  constructor(notes: E2eNotes) {
    this.notes = notes;
  }

  uses(driver: CodecDriver): void {
    this.drivers.set(driver.hardware.codec, driver);
  }

  codec(codec: Codec, name: EventName): void {
    const driver = this.drivers.get(codec);
    const job = driver?.job.value ?? null;
    if (driver === undefined || job === null) return;
    switch (name) {
      case 'start':
        this.start(driver, job);
        return;
      case 'partial.silent':
        // Only its lines tell: nothing is promised of them.
        for (const place of placesOf(job.picture, driver.hardware.device, layoutOf(driver))) {
          this.pictures.delete(place);
        }
        this.reads.delete(codec);
        return;
      case 'drain':
      case 'abort':
      case 'badStream':
      case 'partial.error':
      case 'reset':
      case 'unplug':
        this.reads.delete(codec);
        return;
      default: // it goes on
    }
  }

  private start(driver: CodecDriver, { source, picture }: CodecJob): void {
    const { notes, pictures } = this;
    const { codec, device } = driver.hardware;
    const { watchdogJiffies, references } = driver.options;
    const fromNs = notes.world.clock.valueNs;
    const latestNs = fromNs + watchdogJiffies * JIFFY_NS + RECOVERY_NS;
    // Buffers of a job that was broken off are of this one now.
    this.settle(source);
    this.settle(picture);
    this.jobs = [...this.jobs, { driver, source, awaited: new Set([source, picture]), latestNs }];
    const layout = layoutOf(driver);
    const from = placesOf(source, device, layout);
    const referred = driver.pictures.references.value
      .slice(0, Math.min(references, CODEC_REFERENCES_MAX))
      .map((buffer) => placesOf(buffer, device, layout));
    const version = versionFor(referred.map((places) => this.numberAt(driver, places)));
    const to = placesOf(picture, device, layout);
    for (const [index, place] of from.entries()) {
      const token = decoded(tokenAt(device, place), device.writer, version);
      const target = to[index];
      if (token !== null && target !== undefined) pictures.set(target, token);
    }
    const read = [...from, ...referred.flat()].map((place) => Math.floor(place / PAGE_LINES));
    this.reads.set(codec, new Set(read));
  }

  /** Which picture was stored at these places, whatever has become of it. */
  private numberAt({ hardware }: CodecDriver, places: readonly number[]): number | null {
    const { device } = hardware;
    const tokens = places.map((place) => this.pictures.get(place) ?? tokenAt(device, place));
    return pictureOf(tokens, device.writer);
  }

  /** Somebody writes a line of memory. */
  changed(place: number): void {
    if (this.reads.size === 0) return;
    const page = Math.floor(place / PAGE_LINES);
    for (const pages of this.reads.values()) {
      if (!pages.has(page)) continue;
      this.notes.note(['E2E-005'], `page ${page} changes while a codec still has to read it`);
    }
  }

  /** A driver gives a buffer back. */
  completed(buffer: Vb2Buffer): void {
    const isJobs = ({ source, awaited }: Decoding): boolean =>
      source === buffer && awaited.has(buffer);
    if (this.jobs.some((job) => isJobs(job) && this.isOverdue(job))) {
      this.notes.note(['E2E-008'], `${buffer.label} comes back too late`);
    }
    this.settle(buffer);
  }

  private settle(buffer: Vb2Buffer): void {
    for (const { awaited } of this.jobs) awaited.delete(buffer);
    this.jobs = this.jobs.filter(({ awaited }) => awaited.size > 0);
  }

  private isOverdue({ latestNs }: Decoding): boolean {
    const { clock } = this.notes.world;
    // Where time passes whenever it likes, nothing is late.
    return clock.mode === 'discrete' && clock.valueNs > latestNs;
  }

  /** A client gets a picture. */
  delivered(driver: CodecDriver, buffer: Vb2Buffer, hasFailed: boolean): void {
    const isEmpty = buffer.planes[0]?.bytesUsed.value === 0;
    if (hasFailed || isEmpty || buffer.queue.isOutput) return;
    const { device } = driver.hardware;
    this.notes.touch();
    const wrong = placesOf(buffer, device, layoutOf(driver)).some((place) => {
      const token = this.pictures.get(place);
      return token !== undefined && token !== tokenAt(device, place);
    });
    if (!wrong) return;
    const what = `picture ${buffer.sequence.value} of ${device.name}`;
    this.notes.note(['E2E-010'], `${what} is not what it should be, and has no error flag`);
  }

  /** `isStuck`: nothing will happen any more. */
  end(isStuck: boolean): void {
    for (const job of this.jobs) {
      if (!isStuck && !this.isOverdue(job)) continue;
      const lost = [...job.awaited].find((buffer) => !isWaiting(job.driver, buffer));
      if (lost === undefined) continue;
      this.notes.note(['E2E-008'], `${lost.label} never comes back`, 'every buffer to come back');
    }
  }

  visitState(key: StateKey): void {
    for (const { awaited, latestNs } of this.jobs) {
      key.part();
      for (const buffer of awaited) key.add(buffer);
      key.add(latestNs);
    }
    if (this.pictures.size === 0) return;
    key.part();
    for (const [place, token] of this.pictures) key.add(`${place} ${token}`);
    for (const pages of this.reads.values()) key.add([...pages].join(' '));
  }
}

function layoutOf({ options, hardware }: CodecDriver): VideoLayout {
  return { pages: options.pages, linesPerPage: hardware.codec.options.linesPerPage };
}

/** Its driver has it for something else: another job, or pictures that must be shown before. */
function isWaiting({ sources, pictures }: CodecDriver, buffer: Vb2Buffer): boolean {
  return [sources, pictures.empty, pictures.kept].some((list) => list.value.includes(buffer));
}
