import { judge } from './judge.ts';
import { keptPatches } from './patch.ts';

/** `npm run audit:patches [-- NAME] [-- --since]` */
function main(words: readonly string[]): void {
  const isSince = words.includes('--since');
  const [wanted = ''] = words.filter((word) => !word.startsWith('--'));
  const patches = keptPatches().filter(({ name }) => name.includes(wanted));
  let wrong = 0;
  for (const patch of patches) {
    const { isRight, verdict, rules } = judge(patch, { isSince });
    if (!isRight) wrong += 1;
    const wantedText = patch.rule === null ? patch.verdict : `${patch.verdict} ${patch.rule}`;
    const named = rules.length === 0 ? '' : `, names ${rules.slice(0, NAMED_MAX).join(' ')}`;
    process.stdout.write(
      `${isRight ? 'right' : 'WRONG'}  ${patch.name}: ${verdict}${named} (expected ${wantedText})\n`,
    );
  }
  process.stdout.write(`${patches.length - wrong} of ${patches.length} judged right\n`);
  process.exitCode = wrong === 0 && patches.length > 0 ? 0 : 1;
}

/** Of the rules that an audit names, so many are printed. */
const NAMED_MAX = 8;

main(process.argv.slice(2));
