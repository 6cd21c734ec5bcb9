import { CLIENT_SCRIPT, CLIENT_STYLE } from './client.generated.ts';
import { sourceHash } from './source-hash.ts';
import { VIEW } from './view-schema.ts';
import type { View } from './view.ts';

/** Where the client finds the view. */
const DATA_ID = 'view';

/**
 * A view as one page that opens from disk and loads nothing. The policy lets run exactly the script
 * that stands here, so that nothing in the view can be one; the view itself is data that the
 * browser does not look into.
 */
export function viewPage(view: View): string {
  const title = `${view.title}: ${view.message}`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy()}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title)}</title>`,
    `<style>${CLIENT_STYLE}</style>`,
    '</head>',
    '<body>',
    '<div id="app"><p>This page needs scripts to show its trace.</p></div>',
    `<script type="application/json" id="${DATA_ID}">${dataText(view)}</script>`,
    `<script>${CLIENT_SCRIPT}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function policy(): string {
  return [
    "default-src 'none'",
    `script-src ${sourceHash(CLIENT_SCRIPT)}`,
    `style-src ${sourceHash(CLIENT_STYLE)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** No `<` is left that could end the element, or begin a comment. */
function dataText(view: View): string {
  return JSON.stringify(VIEW.parse(view)).replaceAll('<', '\\u003c');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter);
}
