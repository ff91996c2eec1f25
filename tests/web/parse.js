// Every module of web/ must parse as ES2018, the level of the oldest browser we serve
// (Chromium 79). One list for all pages: the phone loads most files, and a rule with exceptions
// would be broken by the first shared file.
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'acorn';

const web = fileURLToPath(new URL('../../web/', import.meta.url));
const modules = readdirSync(web, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name));

let wrong = 0;
for (const path of modules.sort()) {
  try {
    parse(readFileSync(path, 'utf-8'), { ecmaVersion: 2018, sourceType: 'module', locations: true });
  } catch (error) {
    wrong += 1;
    console.error(`web/${relative(web, path)}: ${error.message}`);
  }
}
if (wrong || !modules.length) {
  process.exit(1);
}
