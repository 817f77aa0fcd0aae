import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { checkOut, type Patchbay, start } from './patchbay.ts'

const CHROMIUM = '/usr/bin/chromium'
const HEADLESS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking']

/** Paths of the API, each with an asset that must not be found. */
const SHADOWED = ['index.html', 'health', 'api/v4/version', 'api/v4/services/slack', 'projects/1/services', 'unknown']
const ASSET = 'an asset'

describe('the document of the API', () => {
  let patchbay: Patchbay
  before(async () => {
    const directory = checkOut()
    for (const path of SHADOWED) {
      mkdirSync(dirname(join(directory, 'public', path)), { recursive: true })
      writeFileSync(join(directory, 'public', path), ASSET)
    }
    patchbay = await start(directory)
  })
  after(() => patchbay?.stop())

  it('is OpenAPI 3.1, as a public validator reads it', async () => {
    const validator = new Validator()
    const answer = await fetch(`${patchbay.url}/api/v4/openapi.json`)
    const { valid, errors } = await validator.validate(await answer.json())
    assert.deepEqual({ valid, errors, version: validator.version }, { valid: true, errors: undefined, version: '3.1' })
  })

  it('leaves API paths to the Worker, and /docs and its files to the assets', async () => {
    for (const path of ['', 'health', 'api/v4/version', 'api/v4/services/slack', 'projects/1/services', 'unknown']) {
      const response = await fetch(`${patchbay.url}/${path}`)
      assert.ok(response.headers.has('X-Request-Id'), path)
      assert.doesNotMatch(await response.text(), new RegExp(ASSET))
    }
    for (const path of ['docs', 'docs/start.js', 'docs/swagger-ui.css']) {
      const response = await fetch(`${patchbay.url}/${path}`)
      assert.deepEqual([response.status, response.headers.has('X-Request-Id')], [200, false], path)
    }
  })

  it('is at /api/v4/openapi.json alone: the files that the build derives are not served', async () => {
    for (const name of ['development', 'production']) {
      const response = await fetch(`${patchbay.url}/openapi/${name}.json`)
      assert.deepEqual([response.status, await response.json()], [404, { error: '404 Not Found' }])
    }
  })

  it('is shown at /docs, by what comes from our own origin', async () => {
    const page = await fetch(`${patchbay.url}/docs`)
    const html = await page.text()
    assert.equal(page.status, 200)
    assert.match(page.headers.get('Content-Security-Policy') ?? '', /^default-src 'none'; script-src 'self';/)
    const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].flatMap(([, link = '']) => link)
    const paths = links.filter((link) => link !== 'data:,')
    assert.deepEqual(
      paths.filter((path) => !/^\/docs\/[\w.-]+$/.test(path)),
      [],
    )
    assert.equal(paths.length, 3)
    for (const path of paths) assert.equal((await fetch(patchbay.url + path)).status, 200)
  })

  it('is shown by a real browser', { skip: !existsSync(CHROMIUM) && 'there is no Chromium' }, () => {
    assert.match(dump('/docs'), /Slack notifications/)
  })

  it('shows JSON bodies and the id of the demo project', {
    skip: !existsSync(CHROMIUM) && 'there is no Chromium',
  }, () => {
    const operation = dump('/docs#/Slack%20notifications/patchSlack')
    assert.match(operation, /application\/json/)
    assert.doesNotMatch(operation, /multipart\/form-data|x-www-form-urlencoded/)
  })

  function dump(path: string): string {
    const args = [...HEADLESS, '--virtual-time-budget=30000', '--dump-dom', patchbay.url + path]
    return spawnSync(CHROMIUM, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, timeout: 120_000 }).stdout
  }
})
