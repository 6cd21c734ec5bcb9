import { type ComponentChild, h } from 'preact';

import { type Column, NONE, type ViewFrame, type ViewScreen } from '../view.ts';
import type { RunIndex } from './run-index.ts';

/** Frames around the current one that are shown. Unit: frames. */
const SHOWN = 12;
const LINE_HEIGHT = 14;
const WIDTH = 132;
/** Neighbours on the colour wheel that nobody takes for each other. Unit: degrees. */
const HUE_STEP = 137.5;

/** What screens have shown: each line has the colour of the drawing that it is of. */
export function Screens({
  index,
  step,
}: {
  readonly index: RunIndex;
  readonly step: number;
}): ComponentChild {
  const { screens } = index.view;
  if (screens.length === 0) return null;
  return h(
    'section',
    { class: 'screens', 'aria-label': 'Screens' },
    h('h2', null, 'Screens'),
    screens.map((screen) => h(Screen, { key: screen.name, index, step, screen })),
  );
}

interface ScreenProps {
  readonly index: RunIndex;
  readonly step: number;
  readonly screen: ViewScreen;
}

function Screen({ index, step, screen }: ScreenProps): ComponentChild {
  const { frames, name } = screen;
  const begun = frames.filter(({ begin }) => begin <= step).length;
  const from = Math.max(0, Math.min(begun - SHOWN / 2, frames.length - SHOWN));
  const shown = frames.slice(from, from + SHOWN);
  const stamps = [...new Set(frames.flatMap((frame) => [...frame.stamps]))];
  const used = stamps.filter((stamp) => shown.some((frame) => frame.stamps.includes(stamp)));
  return h(
    'div',
    { class: 'screen' },
    h('h3', null, name),
    h('p', null, `${frames.length} frames; ${frames.filter(isTorn).length} torn`),
    h(
      'ul',
      { class: 'frames' },
      shown.map((frame, at) =>
        h(Picture, {
          key: from + at,
          ...{ index, frame, stamps, lines: screen.lines },
          isCurrent: from + at === begun - 1,
          isToCome: frame.begin > step,
        }),
      ),
    ),
    h(
      'ul',
      { class: 'legend', 'aria-label': 'Drawings' },
      used.map((stamp) =>
        h('li', null, [
          h(
            'svg',
            { width: 22, height: 14, 'aria-hidden': 'true' },
            h(Line, { number: stamps.indexOf(stamp), y: 0, width: 22 }),
          ),
          ` ${index.word(stamp)}`,
        ]),
      ),
    ),
  );
}

/** Lines of more than one drawing. */
export function isTorn({ stamps }: ViewFrame): boolean {
  return new Set(stamps).size > 1;
}

interface PictureProps {
  readonly index: RunIndex;
  readonly frame: ViewFrame;
  readonly stamps: Column;
  readonly lines: number;
  readonly isCurrent: boolean;
  readonly isToCome: boolean;
}

function Picture({
  index,
  frame,
  stamps,
  lines,
  isCurrent,
  isToCome,
}: PictureProps): ComponentChild {
  const tear = frame.stamps.findIndex(
    (stamp, line) => line > 0 && stamp !== frame.stamps[line - 1],
  );
  const words = [
    `frame ${frame.count} of plane ${frame.plane}`,
    ...(tear < 0 ? [] : [`torn at line ${tear}`]),
    ...(frame.stamps.length < lines ? [`only ${frame.stamps.length} of ${lines} lines`] : []),
  ];
  const classes = ['frame', isCurrent ? 'current' : '', isToCome ? 'later' : ''];
  return h(
    'li',
    { class: classes.join(' ').trim(), ...(isCurrent ? { 'aria-current': 'true' } : {}) },
    h(
      'svg',
      {
        role: 'img',
        'aria-label': pictureText(index, frame),
        width: WIDTH,
        height: lines * LINE_HEIGHT,
      },
      frame.stamps.map((stamp, line) => {
        const mark = frame.marks[line] ?? NONE;
        const number = stamps.indexOf(stamp);
        return h(
          'g',
          null,
          h('title', null, `line ${line}: ${index.word(stamp)} ${index.word(mark)}`),
          h(Line, { number, y: line * LINE_HEIGHT, width: WIDTH, mark: mark === NONE ? '' : ' !' }),
        );
      }),
      tear < 0 ? null : h('path', { class: 'tear', d: `M0 ${tear * LINE_HEIGHT} H${WIDTH}` }),
    ),
    h('p', null, words.join(', ')),
  );
}

function Line(props: {
  readonly number: number;
  readonly y: number;
  readonly width: number;
  readonly mark?: string;
}): ComponentChild {
  const { number, y, width, mark = '' } = props;
  const fill = `hsl(${Math.round(number * HUE_STEP) % 360} 60% 72%)`;
  return h('g', null, [
    h('rect', { x: 0, y, width, height: LINE_HEIGHT, fill }),
    h('text', { class: 'stamp', x: 5, y: y + 11 }, `${number + 1}${mark}`),
  ]);
}

/** The same picture in words: which lines are of which drawing. */
function pictureText(index: RunIndex, { stamps, count }: ViewFrame): string {
  const runs: string[] = [];
  let begin = 0;
  for (let line = 1; line <= stamps.length; line += 1) {
    if (stamps[line] === stamps[begin]) continue;
    runs.push(`lines ${begin} to ${line - 1}: ${index.word(stamps[begin])}`);
    begin = line;
  }
  return `frame ${count}; ${runs.join('; ')}`;
}
