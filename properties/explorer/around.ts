import { counted } from '../../traces/report/text.ts';
import type { Graph } from '../../traces/viewer/state-diagram.ts';
import { keyOf, type ModelState, type SystemWalk } from './system-walk.ts';

/** So many states of the path before the current one are drawn. */
const BEHIND = 4;
/** So many moves on from the current one. */
const LEVELS = 2;
/** A picture with more of them is not read. Unit: states. */
const BOXES_MAX = 40;
/** Unit: characters. */
const NAME_MAX = 42;

/** The states around a path: the last ones on it, and what can come next. */
export class Around {
  private readonly walk: SystemWalk;
  private readonly path: readonly ModelState[];
  private readonly boxesMax: number;
  private readonly boxes = new Map<string, { state: ModelState; name: string }>();

  /** States that are as near, and for which there was no room. */
  private readonly left = new Set<string>();

  constructor(walk: SystemWalk, path: readonly ModelState[], boxesMax: number = BOXES_MAX) {
    this.boxesMax = boxesMax;
    this.walk = walk;
    this.path = path;
  }

  /** The id of the box that a state has. */
  box(state: ModelState): string {
    return keyOf(state);
  }

  /** Arrows are the moves between states that are drawn; what leads elsewhere is left out. */
  graph(position: number): Graph {
    this.collect(position);
    const arrows = new Map<string, { from: string; to: string; labels: string[] }>();
    for (const [from, { state }] of this.boxes) {
      for (const next of this.walk.successors(state)) {
        const to = keyOf(next.state);
        if (!this.boxes.has(to)) continue;
        const arrow = arrows.get(`${from} > ${to}`) ?? { from, to, labels: [] };
        arrow.labels.push(this.walk.moveName(next.move));
        arrows.set(`${from} > ${to}`, arrow);
      }
    }
    const boxes = [...this.boxes].map(([id, { name }]) => ({
      id,
      name,
      parent: null,
      first: null,
    }));
    return { first: null, boxes, arrows: [...arrows.values()] };
  }

  /** What the last graph left out, in a sentence; empty: nothing. */
  get omitted(): string {
    const { size } = this.left;
    return size === 0 ? '' : ` The graph leaves out ${counted(size, 'state')} that are as near.`;
  }

  private collect(position: number): void {
    const from = Math.max(0, position - BEHIND);
    for (let at = from; at <= position; at += 1) {
      const state = this.path[at] ?? [];
      const change = at === 0 ? 'initial' : this.change(this.path[at - 1] ?? [], state);
      this.add(state, `${at} ${change}`);
    }
    let level: readonly ModelState[] = this.path.slice(position, position + 1);
    for (let depth = 0; depth < LEVELS; depth += 1) {
      level = level.flatMap((state) =>
        this.walk.successors(state).map((next) => {
          this.add(next.state, this.change(state, next.state));
          return next.state;
        }),
      );
    }
  }

  private add(state: ModelState, name: string): void {
    const key = keyOf(state);
    if (this.boxes.has(key)) return;
    if (this.boxes.size >= this.boxesMax) {
      this.left.add(key);
      return;
    }
    this.boxes.set(key, { state, name: shortened(name) });
  }

  /** What became different, in words: a whole state has too many of them for a box. */
  private change(before: ModelState, after: ModelState): string {
    const old = this.walk.describe(before);
    return this.walk
      .describe(after)
      .filter(({ text }, index) => text !== old[index]?.text)
      .map(({ name, text }) => `${name}: ${text}`)
      .join(', ');
  }
}

function shortened(text: string): string {
  return text.length <= NAME_MAX ? text : `${text.slice(0, NAME_MAX - 1)}…`;
}
