import { describe, expect, test } from 'vitest';
import '../programs/operations/index.ts';
import { judgesOf } from '../judges/standard.ts';
import { explore } from '../run/explore.ts';
import { CAPTURES, VIDEO_ROWS } from './video.ts';

const PROGRAMS = [...VIDEO_ROWS.map(({ program }) => program), ...CAPTURES];
const TIMES = ['discrete', 'free'] as const;

/** With more mistakes than a row makes, and where a whole frame may pass between two looks. */
describe.each(PROGRAMS.map((program) => ({ name: program.name, program })))(
  '$name',
  ({ program }) => {
    test.each(TIMES)('finds nothing wrong in %s time, whatever goes wrong', (time) => {
      const found = new Set<string>();
      const world = { ...program.world, time, hardwareFaultsMax: 2 };
      const schedules = { kind: 'random', runs: 20, seed: 7 } as const;
      const { runs } = explore({ ...program, world }, schedules, {
        ...judgesOf(schedules),
        visit: ({ findings }) => {
          for (const { rules, message } of findings) found.add(`${rules.join(' ')}: ${message}`);
          return true;
        },
      });
      expect([...found]).toEqual([]);
      expect(runs).toBe(20);
    });
  },
);
