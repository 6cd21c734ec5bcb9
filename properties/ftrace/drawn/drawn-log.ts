import { DrawnFences } from './drawn-fences.ts';
import { DrawnJobs, type JobNames } from './drawn-jobs.ts';
import { DrawnPoints } from './drawn-points.ts';
import { type DrawnLine, type LogLook, LogWriter } from './log-writer.ts';

export interface DrawnLogOptions {
  readonly seed: number;
  readonly look: LogLook;
  readonly names: JobNames;
}

/** Between two blanks. Unit: lines. */
const BLANK = 200;

/** A log without an end that some machine could have written: each object walks through its machine. */
export function* drawnLog({ seed, look, names }: DrawnLogOptions): Generator<DrawnLine> {
  const writer = new LogWriter({ seed, look });
  const fences = new DrawnFences(writer);
  const jobs = new DrawnJobs(writer, { fences, names });
  const points = new DrawnPoints(writer);
  let seq = 0xffff_fff0;
  for (let count = 1; ; count += 1) {
    if (count % BLANK === 0) {
      seq = (seq + 1) >>> 0;
      yield writer.line('drm_vblank_event_delivered', `file=00000000f00f, crtc=0, seq=${seq}`);
      const time = `time=${count}, high-prec=true`;
      yield writer.line('drm_vblank_event', `crtc=0, seq=${seq}, ${time}`);
    }
    const draw = writer.random.below(10);
    const line = draw < 6 ? fences.next() : draw < 9 ? jobs.next() : points.next();
    if (line !== null) yield line;
  }
}
