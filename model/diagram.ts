import type { AnyStateNode } from 'xstate';
import { errnoName } from './errno.ts';
import { scopeName } from './lifecycle.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Returned, ReturnsParams } from './returns.ts';
import { fingerprint } from './tabulate.ts';
import type { Table } from './tabulate.ts';

type Transition = AnyStateNode['definition']['transitions'][number];

const idOf = (node: AnyStateNode): string => [node.machine.id, ...node.path].join('_');

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

/** The arrows that leave a leaf, those of the states around it included, by target. */
function arrowsFrom(leaf: AnyStateNode): ReadonlyMap<string, readonly string[]> {
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
  return arrows;
}

/** The boxes: a state with states inside is drawn around them. */
function boxesOf(node: AnyStateNode, indent: string): readonly string[] {
  const name = `${indent}state "${node.key}" as ${idOf(node)}`;
  const children = Object.values(node.states);
  if (children.length === 0) return [name];
  const [first] = node.initial.target ?? [];
  const inner = `${indent}    `;
  return [
    `${name} {`,
    ...(first === undefined ? [] : [`${inner}[*] --> ${idOf(first)}`]),
    ...children.flatMap((child) => boxesOf(child, inner)),
    `${indent}}`,
  ];
}

function arrowLines(leaf: AnyStateNode): readonly string[] {
  return [...arrowsFrom(leaf)].map(
    ([target, labels]) => `    ${idOf(leaf)} --> ${target} : ${labels.join('<br/>')}`,
  );
}

/** The machine as a Mermaid state diagram; guards are left out. */
export function diagramOf({ machine }: Pick<Lifecycle, 'machine'>): string {
  const { root } = machine;
  const tops: readonly AnyStateNode[] = Object.values(root.states);
  const [first] = root.type === 'parallel' ? [] : (root.initial.target ?? []);
  return [
    'stateDiagram-v2',
    ...(first === undefined ? [] : [`    [*] --> ${idOf(first)}`]),
    ...tops.flatMap((node) => boxesOf(node, '    ')),
    ...tops.flatMap(leavesOf).flatMap(arrowLines),
  ].join('\n');
}

/** One section of the README per machine: what is inside its bounds, and its diagram. */
export function describe(machines: readonly (readonly [Lifecycle, Table])[]): string {
  const drawn = new Set<string>();
  return machines
    .map(([lifecycle, table]) => {
      const bounds = scopeName(lifecycle);
      const size = `- ${fingerprint(table)}${bounds === '' ? '' : `\n- bounds: ${bounds}`}`;
      if (drawn.has(lifecycle.kind)) return size;
      drawn.add(lifecycle.kind);
      return `### ${lifecycle.kind}\n\n\`\`\`mermaid\n${diagramOf(lifecycle)}\n\`\`\`\n\n${size}`;
    })
    .join('\n\n');
}
