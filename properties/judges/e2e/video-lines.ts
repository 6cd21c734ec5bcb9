import type { Device } from '../../../impl/hw/device.ts';
import { LINE_BYTES, PAGE_BYTES, PAGE_LINES } from '../../../impl/hw/platform-options.ts';
import type { Token } from '../../../impl/hw/token.ts';
import type { Vb2Buffer } from '../../../impl/media/vb2-buffer.ts';
import { Vb2Import } from '../../../impl/media/vb2-import.ts';
import { placeOf } from './addresses.ts';

/** How the lines of a frame lie in a buffer. */
export interface VideoLayout {
  readonly pages: number;
  /** Of each page, from its first line on. */
  readonly linesPerPage: number;
}

/** Places of the lines of a buffer, as the device of its queue finds them; empty: it finds none. */
export function placesOf(
  { planes: [plane] }: Vb2Buffer,
  device: Device,
  { pages, linesPerPage }: VideoLayout,
): readonly number[] {
  const memory = plane?.memory.value ?? null;
  const table = memory instanceof Vb2Import ? memory.table.value : memory?.table;
  const base = table?.segments[0]?.dmaAddress;
  if (base === undefined) return [];
  const places: number[] = [];
  for (let page = 0; page < pages; page += 1) {
    for (let line = 0; line < linesPerPage; line += 1) {
      const place = placeOf(device, base + page * PAGE_BYTES + line * LINE_BYTES);
      if (place !== null) places.push(place);
    }
  }
  return places;
}

export function tokenAt({ platform }: Device, place: number): Token {
  const { lines } = platform.memory.record(Math.floor(place / PAGE_LINES));
  return lines[place % PAGE_LINES] ?? 0;
}
