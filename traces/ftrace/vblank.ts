import type { Tracepoint } from '../../model/events.ts';
import { NO_NUMBER, numberBehind } from './fields.ts';
import type { VblankLogEvent } from './ftrace-event.ts';

/** `[pid=…, |file=…, ]crtc=…, seq=…[, time=…, high-prec=…]`. */
export function parseVblank(
  step: VblankLogEvent['step'],
): (name: Tracepoint, text: string) => VblankLogEvent | null {
  return (name, text) => {
    const crtc = numberBehind(text, 'crtc=');
    const seq = numberBehind(text, 'seq=');
    if (crtc === NO_NUMBER || seq === NO_NUMBER) return null;
    return { kind: 'vblank', name, step, crtc, seq };
  };
}
