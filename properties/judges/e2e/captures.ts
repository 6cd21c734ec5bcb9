import type { Camera } from '../../../impl/hw/camera/camera.ts';
import { PAGE_LINES } from '../../../impl/hw/platform-options.ts';
import { frameToken, partsOf } from '../../../impl/hw/token.ts';
import type { StateKey } from '../../../impl/kernel/state-key.ts';
import type { CameraDriver } from '../../../impl/media/camera/camera-driver.ts';
import type { Vb2Buffer } from '../../../impl/media/vb2-buffer.ts';
import type { EventName } from '../../../model/events.ts';
import { CaptureAccount } from './capture.ts';
import type { E2eNotes } from './notes.ts';
import { placesOf, tokenAt } from './video-lines.ts';

/** Cameras: their frames add up, and what a client gets as a good frame is one. */
export class CapturesBook {
  private readonly notes: E2eNotes;
  private readonly accounts = new Map<Camera, CaptureAccount>();

  constructor(notes: E2eNotes) {
    this.notes = notes;
  }

  private accountOf(camera: Camera): CaptureAccount {
    const known = this.accounts.get(camera);
    if (known !== undefined) return known;
    const account = new CaptureAccount();
    this.accounts.set(camera, account);
    return account;
  }

  camera(camera: Camera, type: EventName): void {
    this.accountOf(camera).device({ type });
  }

  /** A client gets a buffer. */
  delivered({ hardware }: CameraDriver, buffer: Vb2Buffer, hasFailed: boolean): void {
    const { camera, device } = hardware;
    const { value: sequence } = buffer.sequence;
    const account = this.accountOf(camera);
    this.notes.touch();
    account.deliver({ sequence, hasFailed });
    const { complaint } = account;
    // Where time passes whenever it likes, whole frames pass between two looks of a driver, and it
    // cannot tell which of them were dropped.
    const isTimed = this.notes.world.clock.mode === 'discrete';
    if (complaint !== null && isTimed) {
      this.notes.note(['E2E-015'], `${device.name}: ${complaint}`);
    }
    if (hasFailed) return;
    const { lines, lineTokens } = camera.options;
    const count = lines * lineTokens;
    const layout = { pages: Math.ceil(count / PAGE_LINES), linesPerPage: PAGE_LINES };
    const places = placesOf(buffer, device, layout).slice(0, count);
    const stored = partsOf(tokenAt(device, places[0] ?? 0))?.frame;
    const first = frameToken(device.writer, 0, isTimed ? sequence : (stored ?? sequence));
    const wrong = places.findIndex((place, line) => tokenAt(device, place) !== first + line);
    if (wrong < 0) return;
    const what = `line ${wrong} of frame ${sequence} of ${device.name}`;
    this.notes.note(['E2E-010'], `${what} is not there, and its buffer has no error flag`);
  }

  visitState(key: StateKey): void {
    for (const [camera, { text }] of this.accounts) {
      key.part();
      key.add(camera);
      key.add(text);
    }
  }
}
