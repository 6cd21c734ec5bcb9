import type { RuleId } from '../../model/rules/catalogue.ts';
import type { Property } from '../check/property.ts';
import '../programs/operations/index.ts';
import { CALLBACK_PROPERTIES } from './fence/callbacks.ts';

/** Every property, in the order in which `check` runs them. */
export const PROPERTIES: readonly Property[] = [...CALLBACK_PROPERTIES];

/** A rule of a built family that no property checks, and why. */
export interface Unchecked {
  readonly rule: RuleId;
  readonly reason: string;
}
