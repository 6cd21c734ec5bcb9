import { Crtc } from '../../impl/hw/display/crtc.ts';
import {
  FAULT_TOKEN,
  type LoggedFrame,
  MARK_ASYNC,
  MARK_FAULT,
  MARK_UNDERRUN,
} from '../../impl/hw/display/frame-log.ts';
import { Oracle } from '../../impl/hw/oracle.ts';
import { tokenText } from '../../impl/hw/token.ts';
import type { KernelObject } from '../../impl/kernel/object.ts';

/** A frame as a screen showed it, line after line, in words. */
export interface ShownFrame {
  readonly begin: number;
  end: number;
  readonly plane: number;
  readonly count: number;
  /** Who drew each line, and in which frame. */
  stamps: readonly string[];
  marks: readonly (string | null)[];
}

export interface ShownScreen {
  readonly crtc: Crtc;
  readonly frames: ShownFrame[];
  /** So many frames were before those. */
  omitted: number;
}

/** A page shows no more frames of a screen than these. Unit: frames. */
const FRAMES_MAX = 256;

interface Watched extends ShownScreen {
  begun: number;
  /** Frames that may still get lines, with the log's own. */
  open: { readonly shown: ShownFrame; readonly logged: LoggedFrame; lines: number }[];
}

/** Notes the frames of all screens: their logs use the place of an old frame again. */
export class ScreenWatch {
  private readonly watched = new Map<Crtc, Watched>();

  get screens(): readonly ShownScreen[] {
    return [...this.watched.values()];
  }

  event(object: KernelObject): void {
    if (!(object instanceof Crtc) || this.watched.has(object)) return;
    const { begun } = object.scanner.log;
    this.watched.set(object, { crtc: object, frames: [], omitted: 0, begun, open: [] });
  }

  stepped(step: number): void {
    for (const screen of this.watched.values()) look(screen, step);
  }
}

function look(screen: Watched, step: number): void {
  const { log } = screen.crtc.scanner;
  const fresh = log.begun - screen.begun;
  if (fresh > 0) {
    // Those before are complete: the lines of the last step were theirs.
    for (const open of screen.open) fill(screen.crtc, open, step - 1);
    screen.begun = log.begun;
    screen.open = log.kept.slice(-fresh).map((logged) => {
      const { plane, count } = logged;
      const shown: ShownFrame = { begin: step, end: step, plane, count, stamps: [], marks: [] };
      screen.frames.push(shown);
      // What is wrong with a run is wrong at its end.
      if (screen.frames.length > FRAMES_MAX) {
        screen.frames.shift();
        screen.omitted += 1;
      }
      return { shown, logged, lines: -1 };
    });
  }
  for (const open of screen.open) {
    if (open.logged.lines !== open.lines) fill(screen.crtc, open, step);
  }
}

function fill(crtc: Crtc, open: Watched['open'][number], step: number): void {
  const { shown, logged } = open;
  const { lineTokens } = crtc.options;
  if (logged.lines === open.lines) return;
  open.lines = logged.lines;
  shown.end = Math.max(shown.end, step);
  const lines = Array.from({ length: logged.lines }, (_, line) => line);
  const oracle = crtc.world.memory.objects.find((object) => object instanceof Oracle) ?? null;
  shown.stamps = lines.map((line) => stampText(logged.tokens[line * lineTokens] ?? 0, oracle));
  shown.marks = lines.map((line) => markText(logged.marks[line] ?? 0));
}

/** What the oracle says of a token names its line last: without it, lines of a drawing are equal. */
const LINE = / l\d+$/;

/** Which frame of whom a line shows. The oracle of the machine knows names of writers. */
function stampText(token: number, oracle: Oracle | null): string {
  if (token === FAULT_TOKEN) return 'refused by the bus';
  return (oracle?.text(token) ?? tokenText(token)).replace(LINE, '');
}

function markText(marks: number): string | null {
  const words = [
    ...((marks & MARK_ASYNC) === 0 ? [] : ['changed at once']),
    ...((marks & MARK_UNDERRUN) === 0 ? [] : ['came too late']),
    ...((marks & MARK_FAULT) === 0 ? [] : ['refused']),
  ];
  return words.length === 0 ? null : words.join(', ');
}
