/** A line of one checker: what it needed for how many states. */
export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** One picture with logarithmic axes. */
export interface Panel {
  readonly title: string;
  readonly curves: readonly Curve[];
}

const WIDTH = 420;
const HEIGHT = 320;
const MARGIN = { left: 60, right: 20, top: 40, bottom: 45 };
const COLORS = ['#1f5fa8', '#b4531f', '#3f7d3a'];

/** Powers of ten around all values. */
function decades(values: readonly number[]): readonly number[] {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  return Array.from({ length: Math.max(high - low, 1) + 1 }, (_, index) => low + index);
}

function scale(steps: readonly number[], from: number, to: number): (value: number) => number {
  const [first = 0] = steps;
  const last = steps.at(-1) ?? first + 1;
  return (value) =>
    Number((from + ((Math.log10(value) - first) / (last - first)) * (to - from)).toFixed(1));
}

function power(exponent: number): string {
  return exponent < 0 || exponent > 3 ? `10^${exponent}` : String(10 ** exponent);
}

function panelText({ title, curves }: Panel, left: number): string {
  const points = curves.flatMap((curve) => curve.points);
  const across = decades(points.map(({ x }) => x));
  const up = decades(points.map(({ y }) => y));
  const x = scale(across, left + MARGIN.left, left + WIDTH - MARGIN.right);
  const y = scale(up, HEIGHT - MARGIN.bottom, MARGIN.top);
  const [bottom, top] = [HEIGHT - MARGIN.bottom, MARGIN.top];
  const [begin, end] = [left + MARGIN.left, left + WIDTH - MARGIN.right];
  const grid = [
    ...across.map((step) => {
      const at = x(10 ** step);
      return `<path class="grid" d="M${at} ${bottom}V${top}"/><text x="${at}" y="${bottom + 16}" text-anchor="middle">${power(step)}</text>`;
    }),
    ...up.map((step) => {
      const at = y(10 ** step);
      return `<path class="grid" d="M${begin} ${at}H${end}"/><text x="${begin - 6}" y="${at + 4}" text-anchor="end">${power(step)}</text>`;
    }),
  ];
  const lines = curves.map((curve, index) => {
    const color = COLORS[index % COLORS.length] ?? '#000';
    const path = curve.points.map((point) => `${x(point.x)} ${y(point.y)}`).join('L');
    const dots = curve.points
      .map((point) => `<circle cx="${x(point.x)}" cy="${y(point.y)}" r="3" fill="${color}"/>`)
      .join('');
    const label = `<text x="${begin + 8}" y="${top + 14 + 15 * index}" fill="${color}">${curve.name}</text>`;
    return `<path d="M${path}" fill="none" stroke="${color}"/>${dots}${label}`;
  });
  const names = `<text x="${begin}" y="${top - 12}">${title}</text><text x="${end}" y="${HEIGHT - 10}" text-anchor="end">states</text>`;
  return [...grid, ...lines, names].join('\n');
}

/** All panels side by side, as SVG. */
export function plot(panels: readonly Panel[]): string {
  const width = WIDTH * panels.length;
  const style =
    'text{font:12px sans-serif}.grid{stroke:#ddd;fill:none}path{stroke-width:1.5}.grid{stroke-width:1}';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}">`,
    `<style>${style}</style><rect width="${width}" height="${HEIGHT}" fill="#fff"/>`,
    ...panels.map((panel, index) => panelText(panel, index * WIDTH)),
    '</svg>',
    '',
  ].join('\n');
}
