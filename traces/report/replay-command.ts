import { printable } from '../printable.ts';

/** Where a trace is kept, and the module of the driver that it was found in. */
export interface Replayed {
  readonly file: string;
  readonly driver?: string;
}

/** The command that replays a trace, as a shell takes it. */
export function replayCommand({ file, driver }: Replayed): string {
  const from = driver === undefined ? '' : ` --driver ${quoted(printable(driver))}`;
  return `npx dmabuf-verify replay ${quoted(printable(file))}${from}`;
}

/** A file name as a shell takes it. */
function quoted(file: string): string {
  return /^[\w./@:+,-]+$/.test(file) ? file : `'${file.replaceAll("'", `'\\''`)}'`;
}
