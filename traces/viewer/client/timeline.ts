import { type ComponentChild, h } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

import type { RunIndex } from './run-index.ts';
import { drawTimeline, LABEL_WIDTH, type Palette, paletteOf } from './timeline-draw.ts';
import { heightOf, layOutLanes } from './timeline-layout.ts';

export interface TimelineProps {
  readonly index: RunIndex;
  readonly step: number;
  readonly hidden: ReadonlySet<number>;
  readonly found: ReadonlySet<number>;
  /** Unit: pixels. */
  readonly stepWidth: number;
  /** Changes when colours do. */
  readonly theme: string;
  readonly onStep: (step: number) => void;
}

/** Unit: pixels. */
const HEIGHT_MAX = 330;
const SCROLL_BAR = 17;

/** Lanes on a time axis. The list of steps says the same in words, for those who cannot see it. */
export function Timeline(props: TimelineProps): ComponentChild {
  const { index, step, hidden, found, stepWidth, theme, onStep } = props;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState(0);
  const isDark = useDark();
  const layouts = useMemo(() => layOutLanes(index.view, hidden, index.stepCount), [index, hidden]);
  const fullHeight = heightOf(layouts);

  const draw = (): void => {
    const [area, surface] = [box.current, canvas.current];
    const context = surface?.getContext('2d') ?? null;
    if (area === null || surface === null || context === null) return;
    const scale = devicePixelRatio;
    const { clientWidth: width, clientHeight: height } = area;
    if (surface.width !== Math.round(width * scale)) surface.width = Math.round(width * scale);
    if (surface.height !== Math.round(height * scale)) surface.height = Math.round(height * scale);
    surface.style.width = `${width}px`;
    surface.style.height = `${height}px`;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    const { scrollLeft, scrollTop } = area;
    const viewport = { width, height, scrollLeft, scrollTop, stepWidth };
    drawTimeline(context, palette.current, { index, layouts, step, found, viewport });
  };

  useLayoutEffect(() => {
    const area = box.current;
    if (area === null) return;
    const left = (step - 1) * stepWidth;
    const shown = area.clientWidth - LABEL_WIDTH;
    if (left < area.scrollLeft || left + stepWidth > area.scrollLeft + shown) {
      area.scrollLeft = Math.max(0, left - shown / 3);
    }
  }, [step, stepWidth]);
  const palette = useRef<Palette>({});
  useLayoutEffect(() => {
    if (box.current !== null) palette.current = paletteOf(box.current);
  }, [theme, isDark]);
  useLayoutEffect(draw, [index, layouts, step, found, stepWidth, theme, isDark, size]);
  useEffect(() => {
    const onResize = (): void => setSize((count) => count + 1);
    addEventListener('resize', onResize);
    return () => removeEventListener('resize', onResize);
  }, []);

  const onClick = (event: MouseEvent): void => {
    const area = box.current;
    if (area === null) return;
    const x = event.clientX - area.getBoundingClientRect().left - LABEL_WIDTH + area.scrollLeft;
    if (x >= 0) onStep(Math.min(Math.floor(x / stepWidth) + 1, index.stepCount));
  };
  const width = LABEL_WIDTH + index.stepCount * stepWidth;
  return h(
    'div',
    {
      class: 'timeline',
      ref: box,
      tabIndex: 0,
      role: 'group',
      'aria-label': 'Time axis; the list of steps says the same',
      onScroll: draw,
      onClick,
      style: { height: `${Math.min(fullHeight, HEIGHT_MAX) + SCROLL_BAR}px` },
    },
    h('canvas', { ref: canvas, 'aria-hidden': 'true' }),
    h('div', { class: 'extent', style: { width: `${width}px`, height: `${fullHeight}px` } }),
  );
}

/** Whether the reader's system is dark now; colours of the canvas do not change by themselves. */
function useDark(): boolean {
  const [isDark, setDark] = useState(false);
  useEffect(() => {
    const media = matchMedia('(prefers-color-scheme: dark)');
    const onChange = (): void => setDark(media.matches);
    onChange();
    media.addEventListener('change', onChange);
    return () => media.removeEventListener('change', onChange);
  }, []);
  return isDark;
}
