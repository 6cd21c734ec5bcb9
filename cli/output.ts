import { stdout } from 'node:process';

/** Everything that scripts may read goes to standard output; progress and complaints do not. */
export function print(text: string): void {
  stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Whether a stream shows colour: the usual variables decide, then what the terminal can do. */
export function wantsColor(
  stream: { readonly isTTY?: boolean; hasColors?(): boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && stream.hasColors?.() === true;
}
