import { Histogram } from './histogram.ts';

/** More names than this are counted together. */
const TIMELINES_MAX = 4096;
const TASKS_MAX = 4096;
const OTHERS = '(others)';

/** The fences of all contexts with one driver and timeline. */
export interface TimelineCounts {
  readonly driver: string;
  readonly timeline: string;
  inits: number;
  signals: number;
  destroys: number;
  waits: number;
  /** From the first event to the signal. Unit: of the clock. */
  longestToSignal: number;
}

export interface TaskCounts {
  readonly task: string;
  waits: number;
  total: number;
  longest: number;
}

/** The wait that took longest. */
export interface LongestWait {
  readonly task: string;
  readonly fence: string;
  readonly line: number;
  readonly time: number;
}

/** What is counted of fences and waits, whether or not they are right. */
export class FenceCounts {
  readonly toSignal: Histogram = new Histogram();
  readonly waited: Histogram = new Histogram();
  longestWait: LongestWait | null = null;
  private readonly timelines = new Map<string, TimelineCounts>();
  private readonly tasks = new Map<string, TaskCounts>();

  timeline(driver: string, timeline: string): TimelineCounts {
    const key = `${driver}\0${timeline}`;
    const known = this.timelines.get(key);
    if (known !== undefined) return known;
    if (this.timelines.size >= TIMELINES_MAX && driver !== OTHERS) {
      return this.timeline(OTHERS, OTHERS);
    }
    const counts = {
      driver,
      timeline,
      inits: 0,
      signals: 0,
      destroys: 0,
      waits: 0,
      longestToSignal: 0,
    };
    this.timelines.set(key, counts);
    return counts;
  }

  wait(wait: Omit<LongestWait, 'fence'> & { readonly fence: () => string }): void {
    this.waited.add(wait.time);
    if (this.longestWait === null || wait.time > this.longestWait.time) {
      this.longestWait = { ...wait, fence: wait.fence() };
    }
    const counts = this.task(wait.task);
    counts.waits += 1;
    counts.total += wait.time;
    counts.longest = Math.max(counts.longest, wait.time);
  }

  /** Those with most fences first. */
  byTimeline(): readonly TimelineCounts[] {
    return [...this.timelines.values()].toSorted(
      (a, b) => b.inits + b.signals - a.inits - a.signals,
    );
  }

  /** Those that waited longest in all first. */
  byTask(): readonly TaskCounts[] {
    return [...this.tasks.values()].toSorted((a, b) => b.total - a.total);
  }

  private task(task: string): TaskCounts {
    const known = this.tasks.get(task);
    if (known !== undefined) return known;
    if (this.tasks.size >= TASKS_MAX && task !== OTHERS) return this.task(OTHERS);
    const counts = { task, waits: 0, total: 0, longest: 0 };
    this.tasks.set(task, counts);
    return counts;
  }
}
