import { scopeName } from './lifecycle.ts';
import type { Lifecycle } from './lifecycle.ts';
import { type StateBox, stateGraph } from './state-graph.ts';
import { fingerprint } from './tabulate.ts';
import type { Table } from './tabulate.ts';

/** The boxes inside `parent`: a state with states inside is drawn around them. */
function boxLines(
  boxes: readonly StateBox[],
  parent: string | null,
  indent: string,
): readonly string[] {
  const inside = boxes.filter((box) => box.parent === parent);
  return inside.flatMap(({ id, name, first }) => {
    const line = `${indent}state "${name}" as ${id}`;
    const inner = boxLines(boxes, id, `${indent}    `);
    if (inner.length === 0) return [line];
    const begin = first === null ? [] : [`${indent}    [*] --> ${first}`];
    return [`${line} {`, ...begin, ...inner, `${indent}}`];
  });
}

/** The machine as a Mermaid state diagram. */
export function diagramOf(lifecycle: Pick<Lifecycle, 'machine'>): string {
  const { first, boxes, arrows } = stateGraph(lifecycle);
  return [
    'stateDiagram-v2',
    ...(first === null ? [] : [`    [*] --> ${first}`]),
    ...boxLines(boxes, null, '    '),
    ...arrows.map(({ from, to, labels }) => `    ${from} --> ${to} : ${labels.join('<br/>')}`),
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
