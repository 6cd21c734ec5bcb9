import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeTraceTo } from '../../traces/write.ts';
import { Campaign, type CampaignIdentity, type KeptFinding } from './campaign.ts';
import type { JobDone } from './job.ts';
import { Journal, JournalError, readJournal } from './journal.ts';

const JOURNAL = 'journal.jsonl';
const FINDINGS = 'findings';

/** A campaign whose jobs are written down as they end, with a trace of each finding beside. */
export class CampaignFolder {
  readonly campaign: Campaign;
  /** So many jobs were done before. */
  readonly begun: number;
  private readonly folder: string;
  private readonly journal: Journal;

  /**
   * Opens a folder, or makes it. A journal that is there already is taken for the beginning, when
   * that is asked for.
   *
   * @throws {JournalError} when it is there and not asked for, or of another campaign
   */
  constructor(folder: string, identity: CampaignIdentity, resumes: boolean) {
    const file = join(folder, JOURNAL);
    const isThere = existsSync(file);
    if (isThere && !resumes) {
      throw new JournalError(file, 'is there already; --resume goes on from it');
    }
    const written = isThere ? readJournal(file, identity) : null;
    this.folder = folder;
    this.campaign = new Campaign(identity);
    for (const record of written?.records ?? []) this.campaign.add(record);
    this.begun = this.campaign.size;
    this.journal = new Journal(file, identity, written);
    // The journal has all of them: what was being written when somebody died is not missed.
    rmSync(join(folder, FINDINGS), { recursive: true, force: true });
    for (const finding of this.campaign.findings()) this.writeTrace(finding);
  }

  /** A job is done, and from now on it stays so. Who hears of it twice counts it once. */
  done(number: number, done: JobDone): void {
    const { campaign } = this;
    if (campaign.has(number)) return;
    const record = campaign.recordOf(number, done);
    this.journal.write(record);
    campaign.add(record);
    for (const finding of campaign.findings()) {
      if (finding.job === number) this.writeTrace(finding);
    }
  }

  /** Where the trace of a finding is; null when it has none. */
  traceFile({ signature, finding, trace }: KeptFinding): string | null {
    if (trace === null) return null;
    const what = (finding.rules[0] ?? finding.judge).replaceAll(/[^A-Za-z0-9-]+/g, '-');
    return join(this.folder, FINDINGS, `${what}-${signature}.json`);
  }

  close(): void {
    this.journal.close();
  }

  private writeTrace(kept: KeptFinding): void {
    const file = this.traceFile(kept);
    if (file !== null && kept.trace !== null) writeTraceTo(file, kept.trace);
  }
}
