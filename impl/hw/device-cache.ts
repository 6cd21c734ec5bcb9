import type { KernelTask } from '../kernel/access.ts';
import { CacheWhim } from './cache-whim.ts';
import type { Device } from './device.ts';
import { CLEAN, LineCache } from './line-cache.ts';
import { PAGE_LINES } from './platform-options.ts';
import type { PageNumber } from './physical-memory.ts';
import type { Token } from './token.ts';

/**
 * A device's own write-back cache, as GPUs have them: nobody else sees what is in it.
 *
 * @rule HW-CACHE-008
 */
export class DeviceCache extends LineCache {
  private readonly device: Device;

  constructor(device: Device) {
    super(device.world, 'deviceCache', device.number);
    this.device = device;
    const { platform } = device;
    if (platform.options.caches === 'moves') {
      new CacheWhim(platform, this, device.number);
    }
  }

  override get label(): string {
    return `${this.device.name}.cache`;
  }

  /** Writes all dirty lines; complete when everybody can see them. */
  *flush(): KernelTask<void> {
    this.postDirty();
    yield* this.device.dma.drain();
  }

  /** Dirty lines are on their way, runs of neighbours together. */
  protected postDirty(): void {
    for (const page of this.cachedPages) {
      for (let line = 0; line < PAGE_LINES; line += 1) {
        const tokens = this.takeDirty(page, line);
        if (tokens.length === 0) continue;
        this.device.dma.post(page, line, tokens);
        line += tokens.length;
      }
    }
  }

  /** Drops all clean lines. */
  invalidateClean(): void {
    for (const page of this.cachedPages) {
      for (let line = 0; line < PAGE_LINES; line += 1) {
        if (this.stateOf(page, line) === CLEAN) this.invalidate(page, line);
      }
    }
  }

  /** A reset: everything is gone, and what was dirty is lost. */
  reset(): void {
    for (const page of this.cachedPages) {
      for (let line = 0; line < PAGE_LINES; line += 1) this.invalidate(page, line);
    }
  }

  protected fetched(page: PageNumber, line: number): Token {
    return this.device.dma.load(page, line);
  }

  protected writeBack(page: PageNumber, line: number, token: Token): void {
    this.device.dma.post(page, line, [token]);
  }
}
