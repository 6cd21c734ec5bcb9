import { MEMORY_LITMUS } from '../litmus/memory/index.ts';
import { MEMORY_MODELS, type MemoryLitmus } from '../litmus/memory/memory-litmus.ts';
import type { CheckOptions } from './options.ts';
import type { MemoryReport, StageResult } from './report.ts';
import { type LitmusResult, LitmusStage, windowsIn } from './stage-litmus.ts';

export interface MemoryResult extends StageResult, Pick<LitmusResult, 'ends'> {
  readonly memory: MemoryReport;
}

/**
 * Every state of programs about memory itself, in each memory model, and of the programs of the
 * race windows where stores can be late. Seeded faults are none of memory itself.
 */
export class MemoryStage extends LitmusStage {
  private readonly notModelled: number;

  constructor(options: CheckOptions) {
    const { pattern, fault } = options;
    const asked = MEMORY_LITMUS.filter(({ id }) => pattern === null || id.includes(pattern));
    const bare = fault === null ? asked : [];
    super(options, [
      ...MEMORY_MODELS.flatMap((world) => bare.map(({ id }) => ({ id, world }))),
      ...windowsIn('lateStores', pattern),
    ]);
    this.notModelled = bare.filter(isWeaker).length;
  }

  override result(): MemoryResult {
    const memory = {
      sc: this.of('sc'),
      tso: this.of('tso'),
      windows: this.of('lateStores'),
      notModelled: this.notModelled,
    };
    return { ...super.result(), memory };
  }
}

function isWeaker({ notModelled }: MemoryLitmus): boolean {
  return notModelled.length > 0;
}
