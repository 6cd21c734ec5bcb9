import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { boundedLifecycles } from './lifecycles.ts';
import { readmeWith } from './readme.ts';
import { cachedTable } from './table-cache.ts';

/** The page is written where it stands: in the sources, also when this runs from `dist`. */
const path = fileURLToPath(import.meta.url).replace(/dist[\\/](?=model)/, '');
const readme = path.replace(/write-diagrams\.\w+$/, 'README.md');
const machines = boundedLifecycles().map((one) => [one, cachedTable(one)] as const);
writeFileSync(readme, readmeWith(readFileSync(readme, 'utf8'), machines));
