import { isForemost, lookAtFirstSight } from './at-first-sight.ts';

lookAtFirstSight(isForemost);
