import type { Fault } from '../fault.ts';
import { ATTACHING_FAULTS } from './attaching.ts';
import { DETACHING_FAULTS } from './detaching.ts';
import { EXPORTER_FAULTS } from './exporters.ts';
import { IMPORTER_FAULTS } from './importers.ts';
import { MAPPING_FAULTS } from './mapping.ts';
import { MOVING_FAULTS } from './moving.ts';

/** Mistakes about attachments: of the core, of exporters, of importers. */
export const ATTACH_FAULTS: readonly Fault[] = [
  ...ATTACHING_FAULTS,
  ...DETACHING_FAULTS,
  ...MAPPING_FAULTS,
  ...MOVING_FAULTS,
  ...EXPORTER_FAULTS,
  ...IMPORTER_FAULTS,
];
