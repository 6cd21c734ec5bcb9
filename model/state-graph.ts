import type { AnyStateNode } from 'xstate';
import { errnoName } from './errno.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Returned, ReturnsParams } from './returns.ts';

/** A state of a machine, as diagrams draw it. Ids are paths with the machine's name in front. */
export interface StateBox {
  readonly id: string;
  readonly name: string;
  /** The id of the state around it; null at the top. */
  readonly parent: string | null;
  /** The id of the state inside it that it begins in; null where all begin, or none is inside. */
  readonly first: string | null;
}

/** What leads from one state without states inside to another, or back to itself. */
export interface StateArrow {
  readonly from: string;
  readonly to: string;
  /** Events, with what the call returns: `signal → 0`. */
  readonly labels: readonly string[];
}

/** A machine as boxes and arrows; guards are left out. */
export interface StateGraph {
  /** Where the whole machine begins; null when it has several regions. */
  readonly first: string | null;
  /** A box comes before those inside it. */
  readonly boxes: readonly StateBox[];
  readonly arrows: readonly StateArrow[];
}

type Transition = AnyStateNode['definition']['transitions'][number];

const PATH_JOINT = '_';

const idOf = (node: AnyStateNode): string => [node.machine.id, ...node.path].join(PATH_JOINT);

/** The states of a region that have no states inside, in order. */
function leavesOf(node: AnyStateNode): readonly AnyStateNode[] {
  const children = Object.values(node.states);
  return children.length === 0 ? [node] : children.flatMap(leavesOf);
}

/** Where a transition really ends: a target with states inside means its initial one. */
function leafAt(node: AnyStateNode): AnyStateNode {
  const [first] = node.initial.target ?? [];
  return Object.keys(node.states).length === 0 || first === undefined ? node : leafAt(first);
}

function resultText(value: Returned): string {
  if (value === 'positive') return 'above 0';
  return value === 'any' ? 'any' : errnoName(value);
}

/** `signal → -EINVAL`; what is worked out from the context reads `…`. */
function labelOf({ eventType, actions }: Transition): string {
  for (const action of actions) {
    if (typeof action !== 'object' || action.type !== 'returns') continue;
    // Only `returns` and `returnsOf` make such actions.
    const params = action.params as ReturnsParams | (() => ReturnsParams);
    return `${eventType} → ${typeof params === 'function' ? '…' : resultText(params.value)}`;
  }
  return eventType;
}

/** The arrows that leave a leaf, those of the states around it included. */
function arrowsFrom(leaf: AnyStateNode): readonly StateArrow[] {
  const arrows = new Map<string, string[]>();
  const isRegionOrInside = (node: AnyStateNode): boolean => node.parent !== undefined;
  for (
    let node: AnyStateNode | undefined = leaf;
    node && isRegionOrInside(node);
    node = node.parent
  ) {
    for (const transition of [...node.transitions.values()].flat()) {
      const target = idOf(transition.target?.[0] ? leafAt(transition.target[0]) : leaf);
      const label = labelOf(transition);
      const labels = arrows.get(target) ?? [];
      if (!labels.includes(label)) labels.push(label);
      arrows.set(target, labels);
    }
  }
  const from = idOf(leaf);
  return [...arrows].map(([to, labels]) => ({ from, to, labels }));
}

function boxesOf(node: AnyStateNode, parent: string | null): readonly StateBox[] {
  const id = idOf(node);
  const children = Object.values(node.states);
  const [first] = children.length === 0 ? [] : (node.initial.target ?? []);
  return [
    { id, name: node.key, parent, first: first === undefined ? null : idOf(first) },
    ...children.flatMap((child) => boxesOf(child, id)),
  ];
}

/** What there is to draw of a machine. */
export function stateGraph({ machine }: Pick<Lifecycle, 'machine'>): StateGraph {
  const { root } = machine;
  const tops: readonly AnyStateNode[] = Object.values(root.states);
  const [first] = root.type === 'parallel' ? [] : (root.initial.target ?? []);
  return {
    first: first === undefined ? null : idOf(first),
    boxes: tops.flatMap((node) => boxesOf(node, null)),
    arrows: tops.flatMap(leavesOf).flatMap(arrowsFrom),
  };
}

/** The ids of the boxes that a machine of `kind` is in, from its own words for its state. */
export function activeBoxes(kind: string, stateName: string): readonly string[] {
  const [value]: unknown[] = JSON.parse(stateName); // a state value, and a context
  return leafPaths(value).map((path) => [kind, ...path].join(PATH_JOINT));
}

function leafPaths(value: unknown): readonly (readonly string[])[] {
  if (typeof value === 'string') return [[value]];
  return Object.entries(Object(value)).flatMap(([name, inner]) =>
    leafPaths(inner).map((path) => [name, ...path]),
  );
}
