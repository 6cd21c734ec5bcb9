import { isForemost, lookAtFirstSight } from './at-first-sight.ts';

lookAtFirstSight((index) => !isForemost(index));
