import '../programs/operations/index.ts';
import type { Scenario } from './scenario.ts';
import { SCN_01 } from './scn-01.ts';
import { SCN_02 } from './scn-02.ts';
import { SCN_03 } from './scn-03.ts';
import { SCN_04 } from './scn-04.ts';
import { SCN_05 } from './scn-05.ts';
import { SCN_06 } from './scn-06.ts';
import { SCN_07 } from './scn-07.ts';
import { SCN_08 } from './scn-08.ts';
import { SCN_09 } from './scn-09.ts';
import { SCN_10 } from './scn-10.ts';
import { SCN_11 } from './scn-11.ts';
import { SCN_12 } from './scn-12.ts';
import { SCN_13 } from './scn-13.ts';
import { SCN_14 } from './scn-14.ts';
import { SCN_15 } from './scn-15.ts';

/** Every scenario that is built, by number. */
export const SCENARIOS: readonly Scenario[] = [
  SCN_01,
  SCN_02,
  SCN_03,
  SCN_04,
  SCN_05,
  SCN_06,
  SCN_07,
  SCN_08,
  SCN_09,
  SCN_10,
  SCN_11,
  SCN_12,
  SCN_13,
  SCN_14,
  SCN_15,
];
