import type { DrawnLine, LogWriter } from './log-writer.ts';

const CONTEXT = 300;
const NAME = 'sync test';
/** Points are made at most so far ahead. */
const AHEAD_MAX = 3;
/** The value wraps soon. */
const START = 0xffff_fe00;

/** A software timeline: points ahead of its value, which signal in order as it moves. */
export class DrawnPoints {
  private readonly writer: LogWriter;
  private readonly lines: (readonly [string, string])[] = [];
  private value = START;

  constructor(writer: LogWriter) {
    this.writer = writer;
  }

  next(): DrawnLine {
    if (this.lines.length === 0) this.turn();
    const [event, fields] = this.lines.shift() ?? ['', ''];
    return this.writer.line(event, fields);
  }

  /** Points are made, somebody asks for some of them, and the value moves past all. */
  private turn(): void {
    const count = 1 + this.writer.random.below(AHEAD_MAX);
    const points = Array.from({ length: count }, (_, at) => (this.value + 1 + at) >>> 0);
    const add = (event: string, point: number): void => {
      const name = `driver=sw_sync timeline=${NAME} context=${CONTEXT} seqno=${point}`;
      this.lines.push([event, name]);
    };
    for (const point of points.toReversed()) add('dma_fence_init', point);
    for (const point of points) {
      if (this.writer.random.below(2) === 0) add('dma_fence_enable_signal', point);
    }
    // A point that is not ahead is done when it is made.
    add('dma_fence_init', this.value);
    add('dma_fence_signaled', this.value);
    add('dma_fence_destroy', this.value);
    this.lines.push(['sync_timeline', `name=${NAME} value=${this.value | 0}`]);
    for (const point of points) add('dma_fence_signaled', point);
    for (const point of points) add('dma_fence_destroy', point);
    this.value = (this.value + count) >>> 0;
  }
}
