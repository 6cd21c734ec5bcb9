import type { FenceStubs } from '../../impl/dma-buf/fence-stub.ts';
import type { Access } from '../../impl/kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import type { Task } from '../../impl/kernel/task.ts';
import type { Observer, WorldEvent } from '../../impl/kernel/world.ts';
import { DmaFence } from '../../impl/dma-buf/dma-fence.ts';

/** Notes when the stubs' lock is taken, and what happens to stubs with or without it. */
export class StubWatch extends KernelObject implements Observer {
  /** `take on` (interrupts), `init held`, `signal held`: in order. */
  readonly story: string[] = [];
  private readonly stubs: FenceStubs;
  private isLocked = false;
  private isTakeNoted = false;

  constructor(stubs: FenceStubs) {
    super(stubs.world, 'watch');
    this.isStatic = true;
    this.stubs = stubs;
  }

  stepped(_task: Task, access: Access): void {
    this.look();
    // A hold without any access in it is over by now, and with it the state of interrupts.
    const isTake = access.kind === 'lock' && access.place === this.stubs;
    if (isTake && !this.isTakeNoted) this.story.push('take');
    this.isTakeNoted = false;
  }

  event({ object, name }: WorldEvent): void {
    if (!(object instanceof DmaFence) || object.ops.getDriverName(object) !== 'stub') return;
    this.look();
    if (name === 'init' || name === 'signal') {
      this.story.push(`${name} ${this.stubs.lock.isHeld ? 'held' : 'free'}`);
    }
  }

  private look(): void {
    const { holder } = this.stubs.lock;
    if (holder !== null && !this.isLocked) {
      this.story.push(`take ${holder.cpu.irqsEnabled ? 'on' : 'off'}`);
      this.isTakeNoted = true;
    }
    this.isLocked = holder !== null;
  }

  visitState(visit: StateVisitor): void {
    visit('story', this.story.length);
  }
}
