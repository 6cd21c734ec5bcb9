import type { Schedules } from '../../run/explore.ts';

/** One task: what can be chosen is the order of what happens at one time. */
export const ALONE: readonly Schedules[] = [{ kind: 'bounded', preemptions: 0, runsMax: 400 }];
/** A card whose doorbells are heard, and a client. */
export function card(options = ''): string {
  const more = options === '' ? '' : `, ${options}`;
  return `c = card.create(isDoorbellSure: true${more}); d = drm.open(c.device)`;
}

export const ETIME = -62;
export const ECANCELED = -125;
export const ENODEV = -19;
export const ENOMEM = -12;
export const EINTR = -4;
