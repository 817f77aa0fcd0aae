import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { bundle } from '../../src/cli/bundle.ts'
import { withoutProse } from '../../src/cli/prose.ts'
import { describeService } from '../../src/schema/catalog.ts'
import { describedServices } from '../../src/services/registry.ts'

const directory = mkdtempSync(join(tmpdir(), 'patchbay-bundle-'))
after(() => rmSync(directory, { recursive: true, force: true }))

const script = await bundle('src/index.ts', join(directory, 'index.js'))

describe('the bundle', () => {
  it('has none of the texts that services declare for people', () => {
    const texts = describedServices(true).flatMap((service) => {
      const { description, deprecated, gitlab_only, fields } = describeService(service)
      const choices = fields.flatMap(({ choices }) => choices?.map(([label]) => label) ?? [])
      return [description, deprecated, gitlab_only, ...fields.map(({ help }) => help), ...choices]
    })
    // A label of one word may be a word of the program.
    const isSentence = (text: string | null): text is string => text !== null && text.split(' ').length > 2
    assert.deepEqual(
      texts.filter(isSentence).filter((text) => script.includes(text)),
      [],
    )
  })

  it('has the title of each service, which responses have too', () => {
    for (const { title } of describedServices(true)) assert.ok(script.includes(title), title)
  })

  it('has a source map, so that errors name lines of src', () => {
    assert.ok(existsSync(join(directory, 'index.js.map')))
  })
})

describe('a module without its prose', () => {
  const strip = (code: string) => withoutProse('src/services/example.ts', code)
  const IMPORT = "import { flag, rule, channels, text } from '../schema/field.ts'; "

  it('keeps whatever is not written out: it may have effects, or be a rule', () => {
    for (const code of ['text(about)', 'flag(textOf("x"))', "rule(field, holds, 'is wrong')", "channels('push')"])
      assert.equal(strip(IMPORT + code), IMPORT + code)
  })

  it('keeps what functions of the same name get that are not those of fields', () => {
    const code = "import { text } from 'drizzle-orm/sqlite-core'; text('settings_id')"
    assert.equal(strip(code), code)
  })

  it('keeps what errors say, whatever their parameters are called', () => {
    const code = "function expired(description) {} expired('Token is expired.')"
    assert.equal(withoutProse('src/errors.ts', code), code)
    assert.ok(script.includes('Token is expired. You can either'))
  })

  it('keeps what the Worker reads of a declaration', () => {
    const code = "defineService({ slug: 'x', title: 'X', description: 'D', deliversNothing: 'N' })"
    assert.equal(strip(code), code.replace('D', ''))
  })

  it('keeps the numbers of its lines', () => {
    const code = "text(`one\ntwo`).meta({\n  title: 'T', deprecated: true })"
    assert.equal(strip(IMPORT + code), `${IMPORT}text(''\n).meta({\n  title: '', deprecated: true })`)
  })
})
