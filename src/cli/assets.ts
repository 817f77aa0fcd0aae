import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeService } from '../schema/catalog.ts'
import { describedServices } from '../services/registry.ts'
import { apiDocument } from './api-document.ts'
import { ROOT } from './wrangler.ts'

/** The viewer of the API document, as its package ships it: served from our own origin, and not kept in git. */
const VIEWER = fileURLToPath(new URL('.', import.meta.resolve('swagger-ui-dist/package.json')))
const FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-bundle.js.LICENSE.txt']

for (const name of FILES) copyFileSync(join(VIEWER, name), join(ROOT, 'public/docs', name))

for (const environment of ['development', 'production']) {
  const known = describedServices(environment === 'development')
  write(`public/openapi/${environment}.json`, await apiDocument(known))
  write(`public/catalog/${environment}.json`, known.map(describeService))
}

function write(path: string, content: object): void {
  const file = join(ROOT, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(content))
}
