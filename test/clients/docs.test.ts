import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { checkOut, type Patchbay, start } from './patchbay.ts'

const CHROMIUM = '/usr/bin/chromium'
const HEADLESS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking']

describe('the document of the API', () => {
  let patchbay: Patchbay
  before(async () => {
    patchbay = await start(checkOut())
  })
  after(() => patchbay?.stop())

  it('is OpenAPI 3.1, as a public validator reads it', async () => {
    const validator = new Validator()
    const answer = await fetch(`${patchbay.url}/api/v4/openapi.json`)
    const { valid, errors } = await validator.validate(await answer.json())
    assert.deepEqual({ valid, errors, version: validator.version }, { valid: true, errors: undefined, version: '3.1' })
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
    const args = [...HEADLESS, '--virtual-time-budget=30000', '--dump-dom', `${patchbay.url}/docs`]
    const { stdout } = spawnSync(CHROMIUM, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, timeout: 120_000 })
    assert.match(stdout, /Slack notifications/)
  })
})
