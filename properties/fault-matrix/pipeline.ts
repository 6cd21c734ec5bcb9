/**
 * An engine and a screen in one machine, and frames. Each part has come to rest before the next
 * one is made: what happens by itself at the same time only makes more orders of the same thing.
 */
export function machine(frames: readonly string[], screen = ''): string {
  const made = frames.map((name) => `${name} = pipe.frame(g, d)`).join('; ');
  return `g = gfx.create(); gfx.sleep(900); d = pipe.screen(g${screen}); gfx.sleep(900); ${made}`;
}

/** The screen is switched off, and says what it has shown. */
export const SHOWN_THEN = `gfx.sleep(2500000); disp.set(d, ENABLE, 0); gfx.sleep(3300000)
  x = pipe.shown(d)`;
