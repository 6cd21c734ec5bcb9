import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readTraceFile } from '../../traces/read.ts';
import type { Trace } from '../../traces/trace.ts';
import { findFault } from '../faults/registry.ts';
import type { Finding } from '../run/finding.ts';
import { RandomNumbers } from '../schedules/random-numbers.ts';
import { versions } from '../versions.ts';
import { Campaign, type CampaignIdentity } from './campaign.ts';
import { configurationOf, describeConfiguration } from './configuration.ts';
import { CampaignFolder } from './folder.ts';
import { campaignJob, type JobDone } from './job.ts';
import { signatureOf, signatureText } from './signature.ts';

const IDENTITY: CampaignIdentity = { seed: 1, fault: null, code: 'c0de', versions: versions() };
const GOLDEN = readTraceFile(
  fileURLToPath(new URL('../../traces/golden/race.json', import.meta.url)),
);
const FINDING: Finding = {
  rules: ['FENCE-046'],
  judge: 'property',
  message: 'cb was called 0 times',
  step: 7,
  expected: null,
};

function sized(calls: number, steps: number): Trace {
  const shrunk = { ...GOLDEN.verdict.shrunk, calls, steps };
  return { ...GOLDEN, verdict: { ...GOLDEN.verdict, shrunk } };
}

/** Jobs that reach and find something in common, as far as numbers of this seed have it so. */
function someJobs(count: number): readonly JobDone[] {
  const numbers = new RandomNumbers(5);
  return Array.from({ length: count }, () => {
    const pairs = Array.from({ length: 5 }, () => `fence pending e${numbers.below(40)}`);
    const findings = ['a', 'b', 'c'].slice(0, numbers.below(4)).map((signature) => {
      const trace = numbers.below(4) === 0 ? null : sized(numbers.below(3), numbers.below(3));
      return { signature, finding: { ...FINDING, judge: signature }, trace };
    });
    return { runs: 10, steps: 100, pairs: [...new Set(pairs)].toSorted(), findings };
  });
}

function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const numbers = new RandomNumbers(seed);
  const left = [...items];
  return items.flatMap(() => left.splice(numbers.below(left.length), 1));
}

describe('a configuration', () => {
  test('is that of its number', () => {
    for (let number = 0; number < 50; number += 1) {
      expect(configurationOf(3, number)).toEqual(configurationOf(3, number));
    }
    expect(describeConfiguration(configurationOf(3, 0))).not.toBe(
      describeConfiguration(configurationOf(4, 0)),
    );
  });

  test('is of each kind, soon', () => {
    const all = Array.from({ length: 300 }, (_none, number) => configurationOf(1, number));
    const texts = all.map(describeConfiguration).join('\n');
    const words = ['drawn,', 'devices', 'syncobjs', 'litmus program', 'property program'];
    words.push(
      'scenario program',
      'free time',
      'discrete time',
      'tso',
      'sc)',
      ' failures of nature',
    );
    words.push('random schedules of depth 5', 'partial orders', 'something new', 'up to 3 lanes');
    for (const word of words) expect(texts).toContain(word);
  });
});

describe('a job', () => {
  test('comes to the same every time, and finds nothing in what is intact', () => {
    const first = campaignJob({ seed: 1, number: 14 }, null);
    expect(first).toMatchObject({ findings: [] });
    expect(first.pairs.length).toBeGreaterThan(0);
    expect(campaignJob({ seed: 1, number: 14 }, null)).toEqual(first);
  });

  test('finds a seeded fault, once for each signature', () => {
    const { findings } = campaignJob({ seed: 1, number: 4 }, findFault('fence-032-twice'));
    expect(findings.length).toBeGreaterThan(0);
    const signatures = findings.map(({ signature }) => signature);
    expect(new Set(signatures).size).toBe(signatures.length);
    for (const { finding, trace } of findings) expect(trace?.verdict.rules).toEqual(finding.rules);
  });
});

describe('a signature', () => {
  const message = (text: string): string =>
    signatureText({ ...FINDING, message: text }, GOLDEN.program);

  test('does not depend on names and numbers', () => {
    expect(message('the callback f1 was called 2 times by B')).toBe(
      message('the callback cb1 was called 13 times by A'),
    );
    expect(message('fence:0.3.1: signal is forbidden here')).toBe(
      message('fence:0.12.2: signal is forbidden here'),
    );
  });

  test('depends on everything else', () => {
    expect(message('returned -ENOENT')).not.toBe(message('returned -EINVAL'));
    const other = signatureOf({ ...FINDING, judge: 'races' }, GOLDEN.program);
    expect(signatureOf(FINDING, GOLDEN.program)).not.toBe(other);
  });
});

describe('a campaign', () => {
  const jobs = someJobs(40);
  const reportOf = (order: readonly number[]): string => {
    const campaign = new Campaign(IDENTITY);
    for (const number of order) {
      const done = jobs[number];
      if (done === undefined) throw new Error('no such job');
      const record = campaign.recordOf(number, done);
      expect(campaign.add(record)).toBe(true);
      // Whoever hears of a job twice counts it once.
      expect(campaign.add(record)).toBe(false);
    }
    const traces = campaign.findings().map(({ size, trace }) => [size, trace]);
    return JSON.stringify([campaign.report(), traces]);
  };

  test('comes to the same in whatever order its jobs end', () => {
    const inOrder = reportOf([...jobs.keys()]);
    for (let seed = 0; seed < 20; seed += 1) {
      expect(reportOf(shuffled([...jobs.keys()], seed))).toBe(inOrder);
    }
  });

  test('keeps the smallest finding of each signature, and a curve that never falls', () => {
    const campaign = new Campaign(IDENTITY);
    for (const [number, done] of jobs.entries()) campaign.add(campaign.recordOf(number, done));
    const { findings, curve } = campaign.report();
    expect(findings.map(({ signature }) => signature)).toEqual(['a', 'b', 'c']);
    for (const { signature, size, jobs: times } of findings) {
      const all = jobs.flatMap((one) => one.findings.filter((it) => it.signature === signature));
      expect(times).toBe(all.length);
      const calls = all.flatMap(({ trace }) => trace?.verdict.shrunk.calls ?? []);
      expect(size?.calls).toBe(Math.min(...calls));
    }
    expect(curve.at(-1)).toEqual({ jobs: 40, pairs: campaign.pairs });
    const heights = curve.map(({ pairs }) => pairs);
    expect(heights).toEqual(heights.toSorted((one, other) => one - other));
  });
});

describe('a folder', () => {
  let folder = '';
  const journal = (): string => join(folder, 'journal.jsonl');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-campaign-'));
    rmSync(folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function work(from: number, to: number): string {
    const made = new CampaignFolder(folder, IDENTITY, from > 0);
    for (const [number, done] of someJobs(to).entries()) {
      if (number >= from) made.done(number, done);
    }
    made.close();
    return JSON.stringify(made.campaign.report());
  }

  test('goes on after a death in the middle of a line', () => {
    const whole = work(0, 12);
    const bytes = readFileSync(journal());
    const traces = readdirSync(join(folder, 'findings'));
    expect(traces).toHaveLength(3);
    const last = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
    const middle = Math.floor((last + bytes.length) / 2);
    for (const length of [last, last + 1, middle, bytes.length - 1]) {
      truncateSync(journal(), length);
      const resumed = new CampaignFolder(folder, IDENTITY, true);
      expect(resumed.begun).toBe(11);
      resumed.done(11, someJobs(12)[11] as JobDone); // there are twelve
      resumed.close();
      expect(JSON.stringify(resumed.campaign.report())).toBe(whole);
      expect(readFileSync(journal())).toEqual(bytes);
      expect(readdirSync(join(folder, 'findings'))).toEqual(traces);
    }
  });

  test('whose first line was not finished begins anew', () => {
    const whole = work(0, 3);
    truncateSync(journal(), 20);
    const resumed = new CampaignFolder(folder, IDENTITY, true);
    expect(resumed.begun).toBe(0);
    for (const [number, done] of someJobs(3).entries()) resumed.done(number, done);
    resumed.close();
    expect(JSON.stringify(resumed.campaign.report())).toBe(whole);
  });

  test('of another campaign is refused, and so is what is damaged', () => {
    work(0, 3);
    const open = (identity: CampaignIdentity, resumes = true): unknown =>
      new CampaignFolder(folder, identity, resumes);
    expect(() => open(IDENTITY, false)).toThrow('is there already; --resume goes on from it');
    expect(() => open({ ...IDENTITY, seed: 2 })).toThrow('another campaign: seed 1; expected 2');
    expect(() => open({ ...IDENTITY, code: 'other' })).toThrow('code "c0de"; expected "other"');
    const text = readFileSync(journal(), 'utf8');
    writeFileSync(journal(), text.replace('"runs":10', '"runs":-1'));
    expect(() => open(IDENTITY)).toThrow('line 2 is damaged');
    writeFileSync(journal(), text.replace('"version":1', '"version":9'));
    expect(() => open(IDENTITY)).toThrow('is of version 9; expected version 1');
    writeFileSync(journal(), 'something else\n');
    expect(() => open(IDENTITY)).toThrow('is no journal of a campaign');
  });
});
