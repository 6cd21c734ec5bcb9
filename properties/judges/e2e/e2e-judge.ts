import { Platform } from '../../../impl/hw/platform.ts';
import type { WatchedHardware } from '../../../impl/kernel/hardware-ledger.ts';
import type { StateKey } from '../../../impl/kernel/state-key.ts';
import type { World } from '../../../impl/kernel/world.ts';
import type { Finding } from '../../run/finding.ts';
import type { Judge } from '../../run/judge.ts';
import type { Run } from '../../run/run.ts';
import { Books } from './books.ts';

/** Keeps the books of simulated hardware; where there is none, it listens to nothing. */
export class E2eJudge implements Judge {
  readonly name = 'end to end';
  private readonly books: Books[] = [];

  hardwareMade(hardware: WatchedHardware, world: World): void {
    if (!(hardware instanceof Platform)) return;
    const books = new Books(hardware, world);
    hardware.ledger = books;
    world.observe(books);
    this.books.push(books);
  }

  visitState(key: StateKey): void {
    for (const books of this.books) books.visitState(key);
  }

  finish(run: Run): readonly Finding[] {
    return this.books.flatMap((books) => books.end(run));
  }
}
