import { z } from 'zod';
import { isRuleId, type RuleId } from '../../model/rules/catalogue.ts';
import { TRACE } from '../../traces/trace.ts';
import type { JobRecord } from './campaign.ts';
import type { CampaignJob, JobDone } from './job.ts';

const natural = z.number().int().nonnegative();

const FINDING = z.strictObject({
  rules: z.array(z.custom<RuleId>((value) => isRuleId(String(value)))),
  judge: z.string(),
  message: z.string(),
  step: natural.nullable(),
  expected: z.string().nullable(),
});

const FOUND = { signature: z.string(), finding: FINDING, trace: TRACE.nullable() };
const COUNTS = { runs: natural, steps: natural, pairs: z.array(z.string()) };

/** A line of a journal. */
export const RECORD: z.ZodType<JobRecord> = z.strictObject({
  job: natural,
  ...COUNTS,
  findings: z.array(
    z.strictObject({
      ...FOUND,
      size: z.strictObject({ calls: natural, steps: natural }).nullable(),
    }),
  ),
});

/** What another process says that a job came to. */
export const DONE: z.ZodType<JobDone> = z.strictObject({
  ...COUNTS,
  findings: z.array(z.strictObject(FOUND)),
});

/** What another process is asked. Faults of modules stay where they are: these would be code. */
export const ASKED: z.ZodType<{ readonly job: CampaignJob; readonly fault: string | null }> =
  z.strictObject({
    job: z.strictObject({ seed: natural, number: natural }),
    fault: z.string().nullable(),
  });
