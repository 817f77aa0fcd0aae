import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const GENERATORS = join(import.meta.dirname, 'generators')
const DOCUMENT = join(ROOT, 'public/openapi/production.json')

/** Code of a user of the generated clients: it compiles if the document has the right types. */
const USE = `
import type { components, paths } from './schema.ts'
import { createClient } from './client/client/index.ts'
import { listSettings, patchSlack, putSettings } from './client/index.ts'

type Patch = NonNullable<paths['/projects/{id}/services/slack']['patch']['requestBody']>
export const patch: Patch['content']['application/json'] = { channel: '#general' }
export const plan: components['schemas']['Plan'] = { services: { slack: { channel: '#general' }, jira: { active: false } } }

// @ts-expect-error A parameter of another type
export const wrong: components['schemas']['Plan'] = { services: { slack: { channel: 5 } } }

export const sent: unknown[] = []
const client = createClient({
  baseUrl: 'https://patchbay.test/api/v4',
  fetch: async (request: RequestInfo | URL) => {
    sent.push(await (request as Request).json())
    return Response.json({})
  },
})

await patchSlack({ client, path: { id: 1 }, body: { channel: '#general' } })
await putSettings({ client, path: { id: 1 }, body: { services: { slack: { channel: '#general' } } } })

export async function channelOf(): Promise<string | null | undefined> {
  const { data } = await listSettings({ client, path: { id: 1 } })
  if (!Array.isArray(data)) return undefined
  const slack = data.find((settings) => settings.slug === 'slack')
  return slack?.properties?.channel
}
`

interface Schema {
  parse(value: unknown): unknown
}

describe('clients that are generated from the document', () => {
  const directory = mkdtempSync(join(GENERATORS, '.generated-'))
  after(() => rmSync(directory, { recursive: true, force: true }))

  before(() => {
    if (!existsSync(join(GENERATORS, 'node_modules')))
      execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: GENERATORS })
    execFileSync(process.execPath, [join(ROOT, 'src/cli/assets.ts')], { cwd: ROOT })
    generate('openapi-typescript', [DOCUMENT, '-o', join(directory, 'schema.ts')])
    writeFileSync(join(directory, 'openapi-ts.config.mjs'), configuration(join(directory, 'client')))
    generate('openapi-ts', ['-f', join(directory, 'openapi-ts.config.mjs')])
    writeFileSync(join(directory, 'use.ts'), USE)
  })

  it('compile, and type parameters and settings by slug', () => {
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(TSCONFIG))
    execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', directory], { stdio: 'pipe', encoding: 'utf8' })
  })

  it('have schemas that add nothing to a PATCH, whatever the service', async () => {
    const schemas: Record<string, Schema> = await import(join(directory, 'client/zod.gen.ts'))
    const names = Object.keys(schemas).filter((name) => /^zPatch\w+Body$/.test(name))
    assert.ok(names.includes('zPatchSlackBody') && names.length > 50)
    for (const name of names.filter((name) => !/^zPatchSettings/.test(name))) {
      assert.deepEqual(schemas[name]?.parse({}), {}, name)
      assert.deepEqual(schemas[name]?.parse({ active: false }), { active: false }, name)
    }
    const plan = { services: { slack: { channel: '#general' } } }
    assert.deepEqual(schemas.zPatchSettingsBody?.parse(plan), plan)
  })

  it('send exactly what they are given', async () => {
    const { sent } = await import(join(directory, 'use.ts'))
    assert.deepEqual(sent, [{ channel: '#general' }, { services: { slack: { channel: '#general' } } }])
  })

  function generate(name: string, args: readonly string[]): void {
    execFileSync(process.execPath, [join(GENERATORS, 'node_modules/.bin', name), ...args], {
      cwd: directory,
      stdio: 'pipe',
    })
  }
})

function configuration(path: string): string {
  const plugins = ['@hey-api/typescript', '@hey-api/client-fetch', 'zod', { name: '@hey-api/sdk', validator: true }]
  const output = { path, importFileExtension: '.ts' }
  return `export default ${JSON.stringify({ input: DOCUMENT, output, plugins, logs: { file: false } })}`
}

const TSCONFIG = {
  compilerOptions: {
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.iterable'],
    module: 'esnext',
    moduleResolution: 'bundler',
    allowImportingTsExtensions: true,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
  },
  include: ['*.ts', 'client'],
}
