import type { Findings } from './findings.ts';
import { type KnownFences, labelOf, type Place } from './known-fences.ts';
import { NOWHERE } from './log-object.ts';
import { IMPOSSIBLE, type Observer } from './observer.ts';
import { facesRules, type FacesSight } from './observers.ts';

/** Fences that signal before or behind others than they may. */
export class SignalOrder {
  private readonly known: KnownFences;
  private readonly faces: Observer<FacesSight>;
  private readonly findings: Findings;

  constructor(
    known: KnownFences,
    { faces, findings }: { readonly faces: Observer<FacesSight>; readonly findings: Findings },
  ) {
    this.known = known;
    this.faces = faces;
    this.findings = findings;
  }

  signaled(place: Place, line: number): void {
    this.judgeTimeline(place, line);
    this.judgeFaces(place, line);
  }

  private judgeTimeline(place: Place, line: number): void {
    const { context, fence, name } = place;
    const order = context.order({ isScheduled: this.known.isFinished(name.context + 1) });
    if (order === null) return;
    const earlier = context.overtakenAt(fence, name.seqno);
    if (earlier !== NOWHERE) {
      this.findings.add({
        rules: order,
        message: `${labelOf(place)} signals behind a later fence of its timeline`,
        line,
        because: [fence.initLine, earlier],
        needs: ['dma_fence_init'],
      });
    }
    context.signaled(fence, { seqno: name.seqno, line });
  }

  /** A job is scheduled before it is finished, as its fence is. @rule SCHED-019 */
  private judgeFaces(place: Place, line: number): void {
    const { faces } = this;
    const { fence, name } = place;
    if (!fence.isWhole || !this.known.isFinished(name.context)) return;
    const face = this.known.at({ context: name.context - 1, seqno: name.seqno })?.fence;
    if (face === undefined || !face.isWhole || face.isShared || face.epoch !== fence.epoch) return;
    const born = faces.next(faces.unborn, 'init');
    const before = face.signaledLine === NOWHERE ? born : faces.next(born, 'scheduled');
    if (faces.next(before, 'finished') !== IMPOSSIBLE) return;
    this.findings.add({
      rules: facesRules('finished'),
      message: `${labelOf(place)} signals before the job is scheduled`,
      line,
      because: [face.initLine, fence.initLine],
      needs: ['dma_fence_init'],
    });
  }
}
