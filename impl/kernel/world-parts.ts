import { Alarms } from './alarms.ts';
import { Choices } from './choices.ts';
import { Clock } from './clock.ts';

/** The classes that a world is built from, as far as somebody may want others. */
export interface WorldParts {
  readonly Alarms: typeof Alarms;
  readonly Choices: typeof Choices;
  readonly Clock: typeof Clock;
}

/** A world as it should be. */
export const INTACT_PARTS: WorldParts = { Alarms, Choices, Clock };
