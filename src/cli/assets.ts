import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { knownServices } from '../services/registry.ts'
import { apiDocument } from './api-document.ts'
import { ROOT } from './wrangler.ts'

/** The viewer of the API document, as its package ships it: served from our own origin, and not kept in git. */
const VIEWER = fileURLToPath(new URL('.', import.meta.resolve('swagger-ui-dist/package.json')))
const FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-bundle.js.LICENSE.txt']

for (const name of FILES) copyFileSync(join(VIEWER, name), join(ROOT, 'public/docs', name))

mkdirSync(join(ROOT, 'public/openapi'), { recursive: true })
for (const environment of ['development', 'production']) {
  const document = await apiDocument(knownServices(environment === 'development'))
  writeFileSync(join(ROOT, `public/openapi/${environment}.json`), JSON.stringify(document))
}
