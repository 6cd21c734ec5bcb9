import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk.bundled.js';

import type { DiagramArrow, DiagramBox, ViewDiagram } from './view.ts';

/** A machine as boxes and arrows, before anybody knows where they stand. */
export interface Graph {
  readonly first: string | null;
  /** A box comes before those inside it. */
  readonly boxes: readonly {
    readonly id: string;
    readonly name: string;
    readonly parent: string | null;
    readonly first: string | null;
  }[];
  readonly arrows: readonly {
    readonly from: string;
    readonly to: string;
    readonly labels: readonly string[];
  }[];
}

/** Letters have no exact width before a browser draws them. Unit: pixels. */
const LETTER_WIDTH = 6.4;
const LINE_HEIGHT = 14;
const BOX_PADDING = 9;
/** Of the words at an arrow; all of them are told when it is pointed at. Unit: words. */
const LABELS_SHOWN = 1;

const LAYOUT: Readonly<Record<string, string>> = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'POLYLINE',
  'elk.randomSeed': '1',
  'elk.spacing.nodeNode': '18',
  'elk.layered.spacing.nodeNodeBetweenLayers': '22',
  'elk.padding': '[top=22,left=8,bottom=8,right=8]',
  'elk.edgeLabels.inline': 'false',
  'elk.json.edgeCoords': 'ROOT',
  'elk.json.shapeCoords': 'ROOT',
};

/** Says where everything of a machine's diagram stands. Equal machines give equal diagrams. */
export async function layOut(kind: string, graph: Graph): Promise<ViewDiagram> {
  // It is large, and most commands draw nothing.
  const { default: elk } = await import('elkjs/lib/elk.bundled.js');
  const laidOut = await new elk.default().layout(elkGraph(kind, graph));
  const places = new Map<string, ElkNode>();
  const walk = (node: ElkNode): void => {
    places.set(node.id, node);
    for (const child of node.children ?? []) walk(child);
  };
  walk(laidOut);
  const edges = edgesOf(laidOut);
  return {
    kind,
    width: Math.ceil(laidOut.width ?? 0),
    height: Math.ceil(laidOut.height ?? 0),
    boxes: graph.boxes.map((box) => boxAt(box, graph, places.get(box.id))),
    arrows: moving(graph).map((arrow, index) => arrowAt(arrow, edges.get(edgeId(index)))),
  };
}

/** Arrows that leave a box; what stays where it is would only cover the others. */
function moving({ arrows }: Graph): Graph['arrows'] {
  return arrows.filter(({ from, to }) => from !== to);
}

const edgeId = (index: number): string => `arrow ${index}`;

function elkGraph(kind: string, graph: Graph): ElkNode {
  const childrenOf = (parent: string | null): ElkNode[] =>
    graph.boxes.filter((box) => box.parent === parent).map(nodeOf);
  const nodeOf = ({ id, name }: Graph['boxes'][number]): ElkNode => {
    const children = childrenOf(id);
    if (children.length > 0) return { id, children, layoutOptions: { ...LAYOUT } };
    return { id, width: widthOf(name) + 2 * BOX_PADDING, height: LINE_HEIGHT + BOX_PADDING };
  };
  return {
    id: kind,
    layoutOptions: { ...LAYOUT, 'elk.hierarchyHandling': 'INCLUDE_CHILDREN' },
    children: childrenOf(null),
    edges: moving(graph).map(({ from, to, labels }, index) => {
      const text = labelText(labels);
      return {
        id: edgeId(index),
        sources: [from],
        targets: [to],
        labels: [{ text, width: widthOf(text), height: LINE_HEIGHT }],
      };
    }),
  };
}

function widthOf(text: string): number {
  return Math.ceil(text.length * LETTER_WIDTH);
}

function labelText(labels: readonly string[]): string {
  const rest = labels.length - LABELS_SHOWN;
  const [first = ''] = labels;
  return rest > 0 ? `${first} +${rest}` : first;
}

function edgesOf(root: ElkNode): ReadonlyMap<string, ElkExtendedEdge> {
  const edges = new Map<string, ElkExtendedEdge>();
  const walk = (node: ElkNode): void => {
    for (const edge of node.edges ?? []) edges.set(edge.id, edge);
    for (const child of node.children ?? []) walk(child);
  };
  walk(root);
  return edges;
}

function boxAt(
  { id, name }: Graph['boxes'][number],
  graph: Graph,
  place: ElkNode | undefined,
): DiagramBox {
  const { x = 0, y = 0, width = 0, height = 0 } = place ?? {};
  return {
    id,
    name,
    isGroup: graph.boxes.some(({ parent }) => parent === id),
    ...{ x: rounded(x), y: rounded(y), width: rounded(width), height: rounded(height) },
    stays: graph.arrows
      .filter(({ from, to }) => from === id && to === id)
      .flatMap(({ labels }) => labels),
  };
}

function arrowAt(
  { from, to, labels }: Graph['arrows'][number],
  edge: ElkExtendedEdge | undefined,
): DiagramArrow {
  const points = (edge?.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) =>
    [startPoint, ...bendPoints, endPoint].flatMap(({ x, y }) => [rounded(x), rounded(y)]),
  );
  const [label] = edge?.labels ?? [];
  const { x = 0, y = 0, text = '' } = label ?? {};
  const place = { x: rounded(x), y: rounded(y + LINE_HEIGHT - 3), text };
  return { from, to, labels, points, label: label === undefined ? null : place };
}

/** Tenths of a pixel are enough, and shorter to write. */
function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
