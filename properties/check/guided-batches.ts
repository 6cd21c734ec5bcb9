import { Guide } from '../explore/guided/guide.ts';
import type { Guided } from '../explore/guided/guided-runs.ts';
import type { Choices } from '../explore/guided/mutate-schedule.ts';
import type { Fault } from '../faults/fault.ts';
import type { Batches } from '../parallel/batches.ts';
import { type Explorable, Sum } from './explore-batches.ts';
import type { PartExplored, PartJob } from './explore-part.ts';

/** Schedules that go on from those that reached something new, a few per batch. */
export class GuidedBatches implements Batches<'part'> {
  readonly kind = 'part';
  readonly fault: Fault | null;
  private readonly of: Explorable;
  private readonly guide: Guide<Choices>;
  private readonly sum = new Sum();

  constructor(of: Explorable, schedules: Guided) {
    this.of = of;
    this.fault = of.fault;
    this.guide = new Guide(schedules);
  }

  job(number: number): PartJob | null {
    const { of } = this;
    const job = this.guide.job(number);
    if (job === null) return null;
    return { program: of.program, isLitmus: of.litmus !== null, part: { kind: 'guided', job } };
  }

  merge(result: PartExplored): boolean {
    this.sum.add(result);
    this.guide.merge(result.kept ?? []);
    return true;
  }

  result(): PartExplored {
    return this.sum.result({
      coverage: this.guide.report(),
      sampled: { runs: 0, steps: 0 },
      isComplete: false,
      isExhaustive: false,
    });
  }
}
