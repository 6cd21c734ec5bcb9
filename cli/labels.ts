import { wrap } from '../traces/report/text.ts';

/** Unit: characters. */
const WIDTH_MAX = 100;
const LABEL_WIDTH = 10;

/** `  source    dma_fence_add_callback`, wrapped below itself. */
export function labelled(label: string, text: string): string[] {
  return hanging(`  ${label.padEnd(LABEL_WIDTH)}`, text);
}

/** Several texts under one label. */
export function labelledList(label: string, texts: readonly string[]): string[] {
  return texts.flatMap((text, index) => labelled(index === 0 ? label : '', text));
}

/** `prefix` and `text`, wrapped so that the text keeps its column. */
export function hanging(prefix: string, text: string): string[] {
  return wrap(text, WIDTH_MAX - prefix.length).map(
    (line, index) => (index === 0 ? prefix : ''.padEnd(prefix.length)) + line,
  );
}
