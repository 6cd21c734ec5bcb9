import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { packageFolder } from '../../../model/package-folder.ts';
import type { Patch } from './patch.ts';

/** What a judgement needs of what `audit --json` writes. */
const AUDIT = z.object({
  verdict: z.string(),
  differences: z.array(z.object({ rules: z.array(z.string()), text: z.string() })),
  report: z.object({
    findings: z.array(z.object({ finding: z.object({ rules: z.array(z.string()) }) })),
  }),
});

/** How an audit judged a change. */
export interface Judgement {
  readonly isRight: boolean;
  readonly verdict: string;
  /** The rules of findings and of differences. */
  readonly rules: readonly string[];
}

/** Applies a patch to a copy of the last commit, builds it and audits it. */
export function judge(patch: Patch, { isSince }: { readonly isSince: boolean }): Judgement {
  const root = packageFolder();
  const copy = mkdtempSync(join(tmpdir(), 'dmabuf-verify-patch-'));
  try {
    run(root, 'git', ['worktree', 'add', '--quiet', '--detach', '--force', copy, 'HEAD']);
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    // As old as it is, so that the build compares all sources with it, and writes what differs.
    cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true, preserveTimestamps: true });
    run(copy, 'git', ['apply', patch.file]);
    run(copy, 'npm', ['run', '--silent', 'build']);
    const since = isSince ? ['--since', 'HEAD'] : [];
    const report = join(copy, 'audit.json');
    audit(copy, [...since, '--json', report]);
    return judgementOf(patch, AUDIT.parse(JSON.parse(readFileSync(report, 'utf8'))));
  } finally {
    spawnSync('git', ['worktree', 'remove', '--force', copy], { cwd: root });
    rmSync(copy, { recursive: true, force: true });
  }
}

function judgementOf({ verdict, rule }: Patch, audit: z.infer<typeof AUDIT>): Judgement {
  const rules = new Set([
    ...audit.report.findings.flatMap(({ finding }) => finding.rules),
    ...audit.differences.flatMap((one) => one.rules),
  ]);
  const isNamed = rule === null ? rules.size === 0 : rules.has(rule);
  const isRight = audit.verdict === verdict && isNamed;
  return { isRight, verdict: audit.verdict, rules: [...rules] };
}

/** Exit code 1 says that something is not as it was; with any other there is no report. */
function audit(folder: string, words: readonly string[]): void {
  const { status, signal, stderr } = spawnSync('node', ['dist/cli/main.js', 'audit', ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status === 0 || status === 1) return;
  throw new Error(`the audit ended with ${status ?? signal ?? 'nothing'}: ${stderr.slice(-2000)}`);
}

function run(folder: string, command: string, words: readonly string[]): void {
  execFileSync(command, words, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
}
