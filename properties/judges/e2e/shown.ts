import type { LoggedFrame } from '../../../impl/hw/display/frame-log.ts';
import { partsOf } from '../../../impl/hw/token.ts';

/** Lines of one frame have this in common; special tokens have none. */
const LINES_OF_TOKEN = 4096;

/** What the lines of one frame have in common; 0 where nobody has drawn. */
export function contentOf(token: number): number {
  return Math.max(Math.floor(token / LINES_OF_TOKEN), 0);
}

/** Which frames the lines of a logged one are of; lines that are marked are not counted. */
export function contentsOf(frame: LoggedFrame, lineTokens: number): ReadonlySet<number> {
  const contents = new Set<number>();
  for (let line = 0; line < frame.lines; line += 1) {
    if (frame.marks[line] !== 0) continue;
    for (let at = line * lineTokens; at < (line + 1) * lineTokens; at += 1) {
      contents.add(Math.floor((frame.tokens[at] ?? 0) / LINES_OF_TOKEN));
    }
  }
  return contents;
}

/** Which frame of its producer it is; null: none, or one of which not all lines were read. */
export function numberOf({ tokens, marks, lines }: LoggedFrame): number | null {
  if (marks.subarray(0, lines).some((mark) => mark !== 0)) return null;
  return partsOf(tokens[0] ?? 0)?.frame ?? null;
}
