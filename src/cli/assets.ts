import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ROOT } from './wrangler.ts'

/** The viewer of the API document, as its package ships it: served from our own origin, and not kept in git. */
const VIEWER = fileURLToPath(new URL('.', import.meta.resolve('swagger-ui-dist/package.json')))
const FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-bundle.js.LICENSE.txt']

for (const name of FILES) copyFileSync(join(VIEWER, name), join(ROOT, 'public/docs', name))
