import type { ArtifactLocation, PhysicalLocation } from 'sarif';

import { printable } from '../printable.ts';
import type { Place } from './results.ts';

/** A file of the checkout. Whoever reads the log knows where that is. */
export function artifact(file: string): ArtifactLocation {
  const uri = file
    .split('/')
    // Half a surrogate pair has no encoding.
    .map((part) => encodeURIComponent(printable(part)))
    .join('/');
  return { uri, uriBaseId: '%SRCROOT%' };
}

/** A line of such a file. */
export function physical({ file, line }: Place): PhysicalLocation {
  return { artifactLocation: artifact(file), region: { startLine: line } };
}
