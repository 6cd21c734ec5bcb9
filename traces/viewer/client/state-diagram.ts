import { type ComponentChild, h } from 'preact';

import type { DiagramArrow, DiagramBox, ViewDiagram, ViewLook } from '../view.ts';

export interface StateDiagramProps {
  readonly diagram: ViewDiagram;
  readonly model: ViewLook | null;
  /** Before the step: arrows that it took stand out. */
  readonly before: ViewLook | null;
}

/** A machine with the states that it is in. Where everything stands was worked out before. */
export function StateDiagram({ diagram, model, before }: StateDiagramProps): ComponentChild {
  const { width, height, boxes, arrows, kind } = diagram;
  const now = new Set(model?.boxes ?? []);
  const was = new Set(before?.boxes ?? []);
  const isTaken = ({ from, to }: DiagramArrow): boolean =>
    was.has(from) && now.has(to) && !now.has(from) && !was.has(to);
  const names = boxes.filter(({ id }) => now.has(id)).map(({ name }) => name);
  const label = names.length === 0 ? `${kind}, not begun` : `${kind} is in ${names.join(', ')}`;
  return h(
    'svg',
    {
      class: 'diagram',
      role: 'img',
      'aria-label': label,
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
    },
    boxes.filter(({ isGroup }) => isGroup).map((box) => h(Box, { box, isCurrent: false })),
    arrows.map((arrow) => h(Arrow, { arrow, isTaken: isTaken(arrow) })),
    boxes
      .filter(({ isGroup }) => !isGroup)
      .map((box) => h(Box, { box, isCurrent: now.has(box.id) })),
  );
}

function Box({
  box,
  isCurrent,
}: {
  readonly box: DiagramBox;
  readonly isCurrent: boolean;
}): ComponentChild {
  const { x, y, width, height, name, isGroup, stays } = box;
  const kind = isGroup ? 'group' : 'state';
  return h(
    'g',
    { class: isCurrent ? `${kind} current` : kind },
    h('title', null, stays.length === 0 ? name : `${name}; stays on ${stays.join(', ')}`),
    h('rect', { x, y, width, height, rx: 5 }),
    h('text', { x: x + width / 2, y: isGroup ? y + 14 : y + height / 2 + 4 }, name),
  );
}

function Arrow({
  arrow,
  isTaken,
}: {
  readonly arrow: DiagramArrow;
  readonly isTaken: boolean;
}): ComponentChild {
  const { points, label, labels } = arrow;
  return h(
    'g',
    { class: isTaken ? 'arrow taken' : 'arrow' },
    h('title', null, labels.join(', ')),
    h('polyline', { points: points.join(' ') }),
    h('path', { d: headOf(points) }),
    label === null ? null : h('text', { x: label.x, y: label.y }, label.text),
  );
}

/** Length and half width of an arrow's head. Unit: pixels. */
const HEAD = { length: 7, half: 3.5 } as const;

function headOf(points: readonly number[]): string {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = points.slice(-4);
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (length === 0) return '';
  const [dx, dy] = [(x2 - x1) / length, (y2 - y1) / length];
  const [bx, by] = [x2 - dx * HEAD.length, y2 - dy * HEAD.length];
  const [sx, sy] = [-dy * HEAD.half, dx * HEAD.half];
  return `M${x2} ${y2} L${bx + sx} ${by + sy} L${bx - sx} ${by - sy} Z`;
}
