import { createLogUpdate } from 'log-update';

/** Says what is going on while nothing else is said. */
export interface Progress {
  /** The line as it should read now. Called as often as the caller likes. */
  show(line: string): void;
  /** Takes the line away, so that a report can follow. */
  end(): void;
}

/** Between two lines where lines cannot be replaced, so that logs stay short. Unit: milliseconds. */
const LINE_INTERVAL_MS = 10_000;
/** Between two updates of a line in place. Unit: milliseconds. */
const UPDATE_INTERVAL_MS = 100;

/** One line that changes in place on a terminal; now and then a plain line elsewhere. */
export function createProgress(
  stream: NodeJS.WriteStream,
  now: () => number = () => Date.now(),
): Progress {
  if (stream.isTTY) return new LiveProgress(stream, now);
  return new PlainProgress(stream, now);
}

class LiveProgress implements Progress {
  private readonly update: ReturnType<typeof createLogUpdate>;
  private readonly now: () => number;
  private shownAt = Number.NEGATIVE_INFINITY;

  constructor(stream: NodeJS.WriteStream, now: () => number) {
    this.update = createLogUpdate(stream);
    this.now = now;
  }

  show(line: string): void {
    const time = this.now();
    if (time - this.shownAt < UPDATE_INTERVAL_MS) return;
    this.shownAt = time;
    this.update(line);
  }

  end(): void {
    this.update.clear();
    this.update.done();
  }
}

class PlainProgress implements Progress {
  private readonly stream: NodeJS.WriteStream;
  private readonly now: () => number;
  private shownAt: number;
  private last = '';

  constructor(stream: NodeJS.WriteStream, now: () => number) {
    this.stream = stream;
    this.now = now;
    // A short run says nothing.
    this.shownAt = now();
  }

  show(line: string): void {
    const time = this.now();
    if (time - this.shownAt < LINE_INTERVAL_MS || line === this.last) return;
    this.shownAt = time;
    this.last = line;
    this.stream.write(`${line}\n`);
  }

  end(): void {
    // Lines that are out stay.
  }
}
