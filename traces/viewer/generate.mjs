// Bundles the client of pages into `client.generated.ts`: pages carry it with them.
// Plain JavaScript, because it runs before the compiler, and Node 20 runs no TypeScript.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { buildSync } from 'esbuild';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

const bundle = (entry) => {
  const { outputFiles } = buildSync({
    entryPoints: [path(entry)],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
  });
  // What ends the element inside of which it stands would end it too early.
  return outputFiles[0].text.trim().replaceAll('</', '<\\/');
};

const constant = (name, text) => `export const ${name}: string = ${JSON.stringify(text)};\n`;

/** The client of a folder, with the pages that carry it. */
const generate = (folder) => {
  const text = [
    '// Written by generate.mjs.\n',
    constant('CLIENT_SCRIPT', bundle(`${folder}client/main.ts`)),
    constant('CLIENT_STYLE', bundle(`${folder}client/style.css`)),
  ].join('');
  const file = path(`${folder}client.generated.ts`);
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
};

generate('./');
generate('../explorer/');
