import { execFileSync } from 'node:child_process';

/** A file of the project that is not as it was. */
export interface ChangedFile {
  /** Relative to the root of the project. */
  readonly file: string;
  /** The lines that are new or that stand where some are gone; null: all of it. */
  readonly lines: readonly number[] | null;
}

/** Git could not say what has changed. The message is one line. */
export class SinceError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SinceError';
  }
}

/** Files that differ from `ref`, those that nobody has committed or added included. */
export function changedSince(root: string, ref: string): readonly ChangedFile[] {
  // A name that begins with a dash would be an option.
  if (ref.startsWith('-')) throw new SinceError(`${ref} is no commit`);
  const commit = git(root, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]).trim();
  const diff = git(root, [
    'diff',
    '--no-color',
    '--no-ext-diff',
    '-U0',
    '--no-renames',
    '--relative',
    commit,
  ]);
  const untracked = git(root, ['ls-files', '--others', '--exclude-standard'])
    .split('\n')
    .filter((name) => name !== '')
    .map((file) => ({ file, lines: null }));
  return [...changesIn(diff), ...untracked];
}

/** What a unified diff without context changes, by file in its order. */
export function changesIn(diff: string): readonly ChangedFile[] {
  const files = new Map<string, number[]>();
  let before = '';
  let lines: number[] = [];
  for (const line of diff.split('\n')) {
    if (line.startsWith('--- ')) before = nameIn(line);
    if (line.startsWith('+++ ')) {
      const after = nameIn(line);
      lines = [];
      files.set(after === '/dev/null' ? before : after, lines);
    }
    const hunk = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk === null) continue;
    const first = Number(hunk[1]);
    const count = Number(hunk[2] ?? 1);
    for (let at = first; at < first + Math.max(count, 1); at += 1) lines.push(at);
  }
  return [...files].map(([file, changed]) => ({ file, lines: changed }));
}

/** `+++ b/impl/stack.ts` */
function nameIn(line: string): string {
  const name = line.slice(4).replace(/\t.*$/, '');
  return name === '/dev/null' ? name : name.replace(/^[ab]\//, '');
}

function git(root: string, words: readonly string[]): string {
  try {
    return execFileSync('git', words, {
      cwd: root,
      encoding: 'utf8',
      stdio: 'pipe',
      maxBuffer: 1 << 28,
    });
  } catch (error) {
    const [first] = words;
    const said = error instanceof Error ? error.message.split('\n').slice(0, 2).join(' ') : '';
    throw new SinceError(`git ${first ?? ''} failed: ${said}`);
  }
}
