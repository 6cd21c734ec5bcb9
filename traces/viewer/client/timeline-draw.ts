import { NONE } from '../view.ts';
import { above, type RunIndex } from './run-index.ts';
import {
  CALL_HEIGHT,
  type LaneLayout,
  LOCK_HEIGHT,
  type Span,
  STEP_HEIGHT,
} from './timeline-layout.ts';

/** Which part of the time axis is seen, and how large. Unit: pixels, but for steps. */
export interface Viewport {
  readonly width: number;
  readonly height: number;
  readonly scrollLeft: number;
  readonly scrollTop: number;
  readonly stepWidth: number;
}

export interface Painted {
  readonly index: RunIndex;
  readonly layouts: readonly LaneLayout[];
  readonly step: number;
  readonly found: ReadonlySet<number>;
  readonly viewport: Viewport;
}

/** The names of lanes stand here. */
export const LABEL_WIDTH = 130;
/** Narrower steps have no words. */
const TEXT_WIDTH_MIN = 26;

const COLORS = [
  'ink',
  'paper',
  'line',
  'call',
  'lock',
  'wait',
  'step',
  'change',
  'mark',
  'wrong',
  'wake',
];
export type Palette = Readonly<Record<string, string>>;

/** Colours come from the style sheet, so that dark and light are said once. */
export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  return Object.fromEntries(
    COLORS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
  );
}

/** Draws the steps that are seen, and nothing else: how long the run is does not matter. */
export function drawTimeline(
  context: CanvasRenderingContext2D,
  palette: Palette,
  painted: Painted,
): void {
  new TimelinePainter(context, palette, painted).paint();
}

class TimelinePainter {
  private readonly context: CanvasRenderingContext2D;
  private readonly palette: Palette;
  private readonly painted: Painted;
  /** The steps at the edges. */
  private readonly first: number;
  private readonly last: number;

  constructor(context: CanvasRenderingContext2D, palette: Palette, painted: Painted) {
    this.context = context;
    this.palette = palette;
    this.painted = painted;
    const { width, scrollLeft, stepWidth } = painted.viewport;
    this.first = Math.max(1, Math.floor(scrollLeft / stepWidth));
    const shown = Math.ceil((width - LABEL_WIDTH) / stepWidth) + 1;
    this.last = Math.min(painted.index.stepCount, this.first + shown);
  }

  paint(): void {
    const { context, palette, painted } = this;
    const { width, height } = painted.viewport;
    context.fillStyle = palette['paper'] ?? '';
    context.fillRect(0, 0, width, height);
    context.font = '11px system-ui, sans-serif';
    context.textBaseline = 'middle';
    this.column(painted.index.view.deciding, 'mark');
    this.column(painted.index.view.parting, 'wrong');
    const seen = painted.layouts.filter((layout) => this.isSeen(layout));
    for (const layout of seen) this.lane(layout);
    this.arrows();
    this.cursor();
    for (const layout of seen) this.label(layout);
  }

  private isSeen({ top, height }: LaneLayout): boolean {
    const { viewport } = this.painted;
    return top + height > viewport.scrollTop && top < viewport.scrollTop + viewport.height;
  }

  private x(step: number): number {
    const { stepWidth, scrollLeft } = this.painted.viewport;
    return LABEL_WIDTH + (step - 1) * stepWidth - scrollLeft;
  }

  private y(top: number): number {
    return top - this.painted.viewport.scrollTop;
  }

  private column(step: number | null, color: string): void {
    if (step === null) return;
    const { stepWidth, height } = this.painted.viewport;
    this.context.globalAlpha = 0.25;
    this.context.fillStyle = this.palette[color] ?? '';
    this.context.fillRect(this.x(step), 0, stepWidth, height);
    this.context.globalAlpha = 1;
  }

  private lane(layout: LaneLayout): void {
    const { context, palette, painted } = this;
    const { calls, locks, waits, stepsTop, top, height } = layout;
    context.fillStyle = palette['line'] ?? '';
    context.fillRect(0, this.y(top + height + 4), painted.viewport.width, 1);
    for (const span of calls) this.span(span, top, CALL_HEIGHT, 'call');
    for (const span of locks) {
      this.span(span, top + CALL_HEIGHT + span.row * LOCK_HEIGHT, LOCK_HEIGHT, 'lock');
    }
    for (const span of waits) {
      // It waits behind the step after which it was seen to wait.
      const behind = { ...span, from: span.from + 1, text: `waits: ${span.text}` };
      if (behind.from <= span.to) this.span(behind, stepsTop, STEP_HEIGHT, 'wait');
    }
    this.steps(layout);
  }

  private span({ from, to, isOpen, text }: Span, top: number, height: number, color: string): void {
    if (to < this.first || from > this.last) return;
    const { context, palette } = this;
    const left = this.x(Math.max(from, this.first - 1));
    const right = this.x(Math.min(to, this.last + 1) + 1);
    context.fillStyle = palette[color] ?? '';
    context.fillRect(left, this.y(top), right - left - (isOpen ? 0 : 1), height - 2);
    this.words(text, Math.max(left, LABEL_WIDTH) + 3, top, right, height);
  }

  private words(text: string, left: number, top: number, right: number, height: number): void {
    if (right - left < TEXT_WIDTH_MIN) return;
    const { context, palette } = this;
    context.save();
    context.beginPath();
    context.rect(left, this.y(top), right - left - 3, height);
    context.clip();
    context.fillStyle = palette['ink'] ?? '';
    context.fillText(text, left, this.y(top) + height / 2 - 0.5);
    context.restore();
  }

  private steps({ lane, stepsTop }: LaneLayout): void {
    const { context, palette, painted } = this;
    const { index, found, viewport } = painted;
    const steps = index.stepsOfLane[lane] ?? [];
    const width = Math.max(viewport.stepWidth - 1, 1);
    for (let at = above(steps, this.first - 1); at < steps.length; at += 1) {
      const step = steps[at] ?? 0;
      if (step > this.last) break;
      const changes =
        above(index.view.changes.step, step) - above(index.view.changes.step, step - 1);
      context.fillStyle = palette[changes > 0 ? 'change' : 'step'] ?? '';
      context.fillRect(this.x(step), this.y(stepsTop), width, STEP_HEIGHT - 2);
      if (found.has(step)) {
        context.fillStyle = palette['mark'] ?? '';
        context.fillRect(this.x(step), this.y(stepsTop + STEP_HEIGHT - 5), width, 3);
      }
      if (viewport.stepWidth >= 14) {
        const label = viewport.stepWidth >= 60 ? index.access(step) : String(step);
        this.words(label, this.x(step) + 1, stepsTop, this.x(step + 1) + 14, STEP_HEIGHT);
      }
    }
  }

  /** From who let somebody go on to the first step of the one that was let. */
  private arrows(): void {
    const { context, palette, painted } = this;
    const { lane, to, next, holder, from } = painted.index.view.waits;
    const tops = new Map(painted.layouts.map((layout) => [layout.lane, layout.stepsTop]));
    context.lineWidth = 1.5;
    for (const [row, woken] of to.entries()) {
      const mine = tops.get(lane[row] ?? NONE);
      const begin = from[row] ?? 0;
      if (mine === undefined || begin > this.last) continue;
      const theirs = tops.get(holder[row] ?? NONE);
      if (theirs !== undefined && begin >= this.first) {
        context.strokeStyle = palette['ink'] ?? '';
        this.arrow(this.x(begin + 1), mine, this.x(begin + 1), theirs, [3, 3]);
      }
      const step = next[row] ?? NONE;
      if (woken === NONE || step === NONE || step < this.first || woken > this.last) continue;
      const waker = tops.get(painted.index.laneOf(woken));
      if (waker === undefined) continue;
      context.strokeStyle = palette['wake'] ?? '';
      this.arrow(this.x(woken) + painted.viewport.stepWidth / 2, waker, this.x(step), mine, []);
    }
    context.setLineDash([]);
  }

  private arrow(x1: number, top1: number, x2: number, top2: number, dash: readonly number[]): void {
    const { context } = this;
    const [y1, y2] = [this.y(top1) + STEP_HEIGHT / 2 - 1, this.y(top2) + STEP_HEIGHT / 2 - 1];
    context.setLineDash([...dash]);
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
    const angle = Math.atan2(y2 - y1, x2 - x1);
    context.setLineDash([]);
    context.beginPath();
    for (const side of [-0.45, 0.45]) {
      context.moveTo(x2, y2);
      context.lineTo(x2 - 7 * Math.cos(angle + side), y2 - 7 * Math.sin(angle + side));
    }
    context.stroke();
  }

  private cursor(): void {
    const { context, palette, painted } = this;
    if (painted.step === 0) return;
    const { stepWidth, height } = painted.viewport;
    context.strokeStyle = palette['ink'] ?? '';
    context.lineWidth = 2;
    context.strokeRect(this.x(painted.step) - 1, 1, stepWidth + 1, height - 2);
  }

  private label({ lane, top, height }: LaneLayout): void {
    const { context, palette, painted } = this;
    const found = painted.index.view.lanes[lane];
    if (found === undefined) return;
    context.fillStyle = palette['paper'] ?? '';
    context.fillRect(0, this.y(top), LABEL_WIDTH - 2, height);
    const cpu = found.cpu === null ? '' : `, CPU ${found.cpu}`;
    this.words(found.name, 6, top, LABEL_WIDTH, CALL_HEIGHT);
    context.globalAlpha = 0.75;
    this.words(`${found.kind}${cpu}`, 6, top + 15, LABEL_WIDTH, CALL_HEIGHT);
    context.globalAlpha = 1;
  }
}
