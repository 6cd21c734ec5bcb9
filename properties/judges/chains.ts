import { DmaFenceChain } from '../../impl/dma-buf/dma-fence-chain.ts';
import { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { SIGNALED } from '../../impl/dma-buf/fence-flags.ts';
import type { KernelObject } from '../../impl/kernel/object.ts';
import type { StateKey } from '../../impl/kernel/state-key.ts';
import type { WorldEvent } from '../../impl/kernel/world.ts';
import type { Finding } from '../run/finding.ts';
import type { Judge } from '../run/judge.ts';
import { visitFindings } from './noted.ts';

/**
 * A node of a chain stands for its contained fence and for everything that was behind it when it was
 * made, whatever walks have taken off since. So when it signals, all of that has signaled.
 */
export class ChainsJudge implements Judge {
  readonly name = 'chains';
  /** What each node stands for, from its own contained fence to the oldest. */
  private readonly standsFor = new Map<KernelObject, readonly DmaFence[]>();
  private readonly findings: Finding[] = [];

  event({ object, name, result }: WorldEvent): void {
    if (name === 'init' && object instanceof DmaFenceChain) this.note(object);
    else if (name === 'signal' && result === 0 && object instanceof DmaFence) this.judge(object);
  }

  private note(chain: DmaFenceChain): void {
    const prev = chain.prev.value;
    const behind = prev === null ? [] : (this.standsFor.get(prev) ?? [prev]);
    this.standsFor.set(chain.base, [chain.fence, ...behind]);
  }

  private judge(fence: DmaFence): void {
    const all = this.standsFor.get(fence) ?? [];
    const pending = all.find(({ flags }) => (flags.bits & SIGNALED) === 0);
    if (pending === undefined) return;
    this.findings.push({
      rules: ['CHAIN-005', 'CHAIN-009'],
      judge: this.name,
      message: `${fence.label} signals before ${pending.label}, which it stands for`,
      step: fence.world.steps,
      expected: `a signal after ${all.map(({ label }) => label).join(', ')}`,
    });
  }

  /** What a node stands for is decided when it is made, and its name tells when that was. */
  visitState(key: StateKey): void {
    for (const [node, all] of this.standsFor) {
      key.part();
      key.add(node);
      for (const fence of all) key.add(fence);
    }
    visitFindings(key, this.findings);
  }

  finish(): readonly Finding[] {
    return this.findings;
  }
}
