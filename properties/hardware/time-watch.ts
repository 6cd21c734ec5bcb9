import type { Observer, World } from '../../impl/kernel/world.ts';

/** Keeps the moments at which something has happened, as they come. Unit: ns since it began. */
export class TimeWatch implements Observer {
  readonly times: number[] = [];
  private readonly world: World;
  private readonly startNs: number;

  constructor(world: World) {
    this.world = world;
    this.startNs = world.clock.valueNs;
  }

  stepped(): void {
    const now = this.world.clock.valueNs - this.startNs;
    if (now !== (this.times.at(-1) ?? 0)) this.times.push(now);
  }

  visitState(visit: (field: string, value: number) => void): void {
    for (const time of this.times) visit('time', time);
  }
}
