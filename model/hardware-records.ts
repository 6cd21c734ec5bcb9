/**
 * What an oracle notes of simulated hardware, and software never sees: each is a violation, but for
 * `STALE_TLB`, which is a warning.
 */
export const ORACLE_RECORDS = [
  'FREED_WHILE_MAPPED',
  'USE_AFTER_FREE',
  'FOREIGN_TOKEN',
  'STALE_TLB',
  'STALE_TLB_USE_AFTER_FREE',
  'WRONG_BUFFER',
  'ALIAS',
  'RING_OVERRUN',
  'SCANOUT_RACE',
  'SELF_OVERLAP',
  'STALE_READ',
  'PEER_POWER',
  'LEAK',
  'LATE_FENCE',
  'LOCK_RULE',
  'CONTEXT_RULE',
] as const;
export type OracleRecordKind = (typeof ORACLE_RECORDS)[number];

/** What hardware itself notes of what went wrong, where software can see it. */
export const ARCHITECTURAL_RECORDS = [
  'IOMMU_FAULT',
  'BUS_ERROR',
  'DEVICE_ERROR',
  'UNDERRUN',
  'OVERRUN',
] as const;
export type ArchitecturalRecordKind = (typeof ARCHITECTURAL_RECORDS)[number];

export type HardwareRecordKind = OracleRecordKind | ArchitecturalRecordKind;
