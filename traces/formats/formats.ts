import { C } from './c.ts';
import { CHROME } from './chrome.ts';
import { CODETOUR } from './codetour.ts';
import type { Format } from './format.ts';
import { ITF } from './itf.ts';
import { MERMAID } from './mermaid.ts';
import { OWN } from './own.ts';
import { SARIF } from './sarif.ts';
import { SHIVIZ } from './shiviz.ts';
import { VITEST } from './vitest.ts';

/** Every form that a trace can leave in. */
export const FORMATS: readonly Format[] = [
  OWN,
  SARIF,
  ITF,
  CHROME,
  SHIVIZ,
  MERMAID,
  CODETOUR,
  VITEST,
  C,
];
