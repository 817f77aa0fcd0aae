import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { parseEnv } from 'node:util'
import { checkOut } from './patchbay.ts'

const QUEUE = { producers: [], consumers: [], producers_total_count: 0, consumers_total_count: 0 }
const DATABASE = '0b8f1c9e-1111-4222-8333-444455556666'

describe('npm run deploy', () => {
  const directory = checkOut()
  const migrations = readdirSync(join(directory, 'migrations')).filter((name) => name.endsWith('.sql'))
  const requests: string[] = []
  let secrets: string[] = []
  let isMigrated = false
  const queues: string[] = []
  const cloudflare = createServer(async (request, response) => {
    const [, path = ''] = /^.*\/accounts\/account(.*)$/.exec(request.url ?? '') ?? []
    requests.push(`${request.method} ${path}`)
    const result = resultOf(`${request.method} ${path.split('?')[0]}`, await text(request))
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ success: result !== null, errors: [], messages: [], result }))
  })
  before(() => once(cloudflare.listen(0), 'listening'))
  after(() => cloudflare.close())

  it('asks behind the button for what is required, explains it, and proposes no value', () => {
    const read = (name: string) => readFileSync(join(directory, name), 'utf8')
    const [, required = ''] = /^required = \[(.*)\]$/m.exec(read('wrangler.toml')) ?? []
    const names = [...required.matchAll(/\w+/g)].map(([name]) => name)
    assert.deepEqual(names, ['ADMIN_TOKEN', 'ENCRYPTION_KEYS'])
    assert.deepEqual({ ...parseEnv(read('.dev.vars.example')) }, Object.fromEntries(names.map((name) => [name, ''])))
    assert.deepEqual(Object.keys(JSON.parse(read('package.json')).cloudflare.bindings), names)
  })

  it('builds, and asks nobody, with --dry-run', async () => {
    const { code, output } = await deploy({ CLOUDFLARE_API_TOKEN: '' }, '--dry-run')
    assert.equal(code, 0, output)
    assert.ok(existsSync(join(directory, 'dist/index.js')))
    assert.deepEqual(requests, [])
  })

  it('refuses the placeholder for a database', async () => {
    const { code, output } = await deploy()
    assert.equal(code, 1)
    assert.match(output, /database_id is a placeholder/)
    const config = join(directory, 'wrangler.toml')
    writeFileSync(config, readFileSync(config, 'utf8').replace(/^database_id = .*$/m, `database_id = "${DATABASE}"`))
  })

  it('refuses secrets at hand that cannot be used, and repeats no value', async () => {
    writeFileSync(join(directory, 'secrets.env'), 'ADMIN_TOKEN=not-32-characters\n')
    const { code, output } = await deploy({ ENCRYPTION_KEYS: 'k1:c2hvcnQ=' }, '--secrets-file', 'secrets.env')
    assert.equal(code, 1)
    assert.match(output, /ADMIN_TOKEN must be.+ENCRYPTION_KEYS must be/s)
    assert.doesNotMatch(output, /not-32-characters|c2hvcnQ=/)
  })

  it('refuses where Cloudflare lacks a secret, before it changes anything', async () => {
    secrets = ['ADMIN_TOKEN']
    const { code, output } = await deploy()
    assert.equal(code, 1)
    assert.match(output, /ENCRYPTION_KEYS is not set at Cloudflare/)
    assert.deepEqual(requests.splice(0), ['GET /workers/scripts/patchbay/secrets'])
  })

  it('migrates before it deploys, and not at all where that fails', async () => {
    secrets = ['ADMIN_TOKEN', 'ENCRYPTION_KEYS']
    assert.equal((await deploy()).code, 1)
    assert.deepEqual(requests.splice(0), [
      'GET /workers/scripts/patchbay/secrets',
      `POST /d1/database/${DATABASE}/query`,
    ])
  })

  it('creates the queue that is missing, before it deploys', async () => {
    isMigrated = true
    const { output } = await deploy()
    assert.deepEqual(queues, ['patchbay-deliveries'], output)
    const created = requests.indexOf('POST /queues')
    assert.ok(created > requests.indexOf(`POST /d1/database/${DATABASE}/query`))
    assert.ok(created < requests.findIndex((request) => request.includes('/workers/services/')), requests.join('\n'))
    requests.length = 0
  })

  it('creates no queue that exists', async () => {
    const { output } = await deploy()
    assert.deepEqual(queues, ['patchbay-deliveries'], output)
    assert.ok(!requests.includes('POST /queues'))
    assert.ok(
      requests.some((request) => request.includes('/workers/services/')),
      requests.join('\n'),
    )
  })

  /** Responses of Cloudflare; null if the call fails. */
  function resultOf(request: string, body: string): unknown {
    if (request.endsWith('/secrets')) return secrets.map((name) => ({ name, type: 'secret_text' }))
    if (request.endsWith('/query') && isMigrated)
      return [{ success: true, results: migrations.map((name, id) => ({ id, name, applied_at: '' })), meta: {} }]
    if (request === 'POST /queues') queues.push(JSON.parse(body).queue_name)
    if (request.endsWith(' /queues')) return queues.map((name) => ({ queue_id: name, queue_name: name, ...QUEUE }))
    return null
  }

  async function deploy(variables: NodeJS.Dict<string> = {}, ...args: string[]) {
    const { port } = cloudflare.address() as AddressInfo
    const account = { CLOUDFLARE_API_TOKEN: 'token', CLOUDFLARE_ACCOUNT_ID: 'account' }
    const env = { ...process.env, ...account, CLOUDFLARE_API_BASE_URL: `http://localhost:${port}`, ...variables }
    const npm = spawn('npm', ['run', 'deploy', '--', ...args], {
      cwd: directory,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [npm.stdout, npm.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
    const [code] = await once(npm, 'close')
    return { code, output }
  }
})
