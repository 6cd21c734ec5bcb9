import { sourceHash } from '../viewer/source-hash.ts';
import { CLIENT_SCRIPT, CLIENT_STYLE } from './client.generated.ts';

/** The page of the explorer. It holds no data: it asks whoever served it. */
export function explorerPage(): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<title>dmabuf-verify explore</title>',
    // Nobody asks for an icon, without the token.
    '<link rel="icon" href="data:,">',
    `<style>${CLIENT_STYLE}</style>`,
    '</head>',
    '<body>',
    '<div id="app"><main><p>This page needs scripts.</p></main></div>',
    `<script>${CLIENT_SCRIPT}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** What the page may do: run its own script, and ask whoever served it. */
export function explorerPolicy(): string {
  return [
    "default-src 'none'",
    `script-src ${sourceHash(CLIENT_SCRIPT)}`,
    `style-src ${sourceHash(CLIENT_STYLE)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
