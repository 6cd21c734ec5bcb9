import type { RuleId } from '../../model/rules/catalogue.ts';

/** Rules of sync_files and software timelines that no property checks, each with the reason. */
export const UNCHECKED_SYNC: readonly { readonly rule: RuleId; readonly reason: string }[] = [
  {
    rule: 'SYNCFILE-028',
    reason:
      'It is about files made from chain nodes: what unwrapping still finds behind the head. ' +
      'There is no chain to build one from yet; SYNCFILE-018 and 023 check files over arrays.',
  },
];
