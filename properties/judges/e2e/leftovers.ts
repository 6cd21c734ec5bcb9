import type { Platform } from '../../../impl/hw/platform.ts';
import type { E2eNotes } from './notes.ts';

/** All files are closed and all drivers gone: what is left of pages and addresses has leaked. */
export function judgeLeftovers({ memory, mapper, devices }: Platform, notes: E2eNotes): void {
  const { used } = memory;
  if (used.length > 0) notes.note(['E2E-013'], `never given back: pages ${used.join(', ')}`);
  for (const device of devices) {
    const left = device.domain === null ? 0 : mapper.takenBy(device);
    if (left > 0)
      notes.note(['E2E-013'], `${left} addresses of ${device.name} are never given back`);
  }
}
