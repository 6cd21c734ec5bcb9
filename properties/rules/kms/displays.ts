import { warnings } from '../../check/results.ts';
import type { Run } from '../../run/run.ts';
import type { Schedules } from '../../run/explore.ts';

/** Two framebuffers, `f` over `g` and `e` over `h`, and a word for an out-fence. */
export const BUFFERS = `g = dumb.create(d); f = kms.framebuffer(d, g); h = dumb.create(d)
  e = kms.framebuffer(d, h); w = kms.word()`;

/** A display without vertical blanks, which shows nothing yet. */
export const DARK: string = `v = drm.device(virtio_gpu); d = drm.open(v); kms.setCap(d); ${BUFFERS}`;

/** The same, and it shows `f`. */
export const HOST: string = `${DARK}; kms.light(d, f)`;

/** A display whose vertical blanks the program makes; it shows `f`. */
export const MANUAL: string = `v = kms.manual(); d = drm.open(v); kms.setCap(d); ${BUFFERS}
  kms.light(d, f)`;

/** With what the program leaves such a display. */
export const END = 'kms.settle(v); kms.darken(d)';

/** A pending fence `x`, and `n`, a descriptor for it. */
export const FENCE = 'x = fence.create(); xs = syncFile.create(x); n = syncFile.install(xs)';

/** A pending fence `y` on the object of `e`. */
export function onBuffer(usage: 'KERNEL' | 'WRITE' | 'READ' | 'BOOKKEEP'): string {
  return `y = fence.create(); resv.lock(h.resv); resv.reserve(h.resv, 1)
    resv.add(h.resv, y, ${usage}); resv.unlock(h.resv)`;
}

/** Workers go on when the program waits, and not before; every allocation fails once where some may. */
export const IN_TURN: readonly Schedules[] = [{ kind: 'bounded', preemptions: 0, runsMax: 500 }];

/** What a commit must not leave behind, whatever its rule. */
export const CLEAN = ['leak', 'refcount', 'use-after-free', 'double-free', 'deadlock'] as const;

/** How often the log says that a wait was given up. */
export function gaveUp(run: Run, expected: Readonly<Record<string, number>>): string | null {
  const wanted = expected[run.program.name] ?? 0;
  const found = warnings(run);
  return found === wanted
    ? null
    : `${run.program.name}: ${found} waits were given up, not ${wanted}`;
}
