/** A time of a log, as people read it: `3.00 µs`, `12.5 ms`, `2.00 s`. */
export function durationText(time: number, clock: 'microseconds' | 'ticks'): string {
  if (clock === 'ticks') return `${Math.round(time)} ticks`;
  if (time >= 1_000_000) return `${threeDigits(time / 1_000_000)} s`;
  if (time >= 1000) return `${threeDigits(time / 1000)} ms`;
  return `${Number.isInteger(time) ? time : threeDigits(time)} µs`;
}

function threeDigits(value: number): string {
  if (value < 10) return value.toFixed(2);
  return value < 100 ? value.toFixed(1) : value.toFixed(0);
}
