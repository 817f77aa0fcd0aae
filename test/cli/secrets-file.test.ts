import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Secrets } from '../../src/cli/import/options.ts'
import { translate } from '../../src/cli/import/translate.ts'
import { services } from '../../src/services/registry.ts'

const PASSWORD = 'password-of-all'
const properties = { url: 'https://jira.evil.example', username: 'robot' }
const jira = serviceOf('jira')

describe('a secret for all projects', () => {
  it('is not sent to an address that the secrets file does not state', () => {
    const { values, notes, missingSecrets } = importJira({ '*': { jira: { password: PASSWORD } } })
    assert.equal(values.password, undefined)
    assert.deepEqual(missingSecrets, [{ name: 'password', required: true }])
    assert.match(notes.join(), /"\*" is not used: url is "https:\/\/jira\.evil\.example", and the entry does not state/)
  })

  it('is not sent to another address than the secrets file states', () => {
    const stated = { url: 'https://jira.example.com', password: PASSWORD }
    assert.equal(importJira({ '*': { jira: stated } }).values.password, undefined)
  })

  it('is sent to the address that the secrets file states', () => {
    const stated = { url: 'https://JIRA.example.com/', password: PASSWORD }
    const { values, secrets } = importJira({ '*': { jira: stated } }, { url: 'https://jira.example.com' })
    assert.equal(values.password, PASSWORD)
    assert.deepEqual(secrets, [{ name: 'password', origin: 'file', addresses: ['https://jira.example.com'] }])
  })

  it('is not sent to a second address that the secrets file does not state', () => {
    const stated = { url: 'https://jira.example.com', password: PASSWORD }
    const both = { url: 'https://jira.example.com', api_url: 'https://jira.evil.example' }
    assert.equal(importJira({ '*': { jira: stated } }, both).values.password, undefined)
  })

  it('is not sent to an address that only the target has', () => {
    const saved = { properties: { url: 'https://jira.example.com', api_url: 'https://jira.evil.example' }, secrets: {} }
    const stated = { url: 'https://jira.example.com', password: PASSWORD }
    const entry = { properties: { ...properties, url: 'https://jira.example.com' } }
    const { values } = translate(jira, entry, { secrets: { '*': { jira: stated } }, path: 'a/b', saved })
    assert.equal(values.password, undefined)
  })

  it('needs no address if it is one itself', () => {
    const slack = serviceOf('slack')
    const secrets = { '*': { slack: { webhook: 'https://hooks.example.com/secret-path' } } }
    const translated = translate(slack, { properties: {} }, { secrets, path: 'a/b', saved: undefined })
    assert.deepEqual(translated.secrets, [
      { name: 'webhook', origin: 'file', addresses: ['https://hooks.example.com'] },
    ])
  })

  for (const service of services.filter(({ params }) => params.some(({ endpoint, secret }) => endpoint && !secret)))
    it(`does not follow the address of ${service.slug}`, () => {
      const address = service.params.find(({ endpoint, secret }) => endpoint && !secret)
      const secret = service.params.find((param) => param.secret)
      assert.ok(address && secret)
      const value = ['https://evil.example.com', 'evil'].find((text) => address.schema.safeParse(text).success)
      const secrets = { '*': { [service.slug]: { [secret.name]: 'sentinel-secret' } } }
      const entry = { properties: { [address.name]: value } }
      const { values, secrets: sent } = translate(service, entry, { secrets, path: 'a/b', saved: undefined })
      assert.ok(!JSON.stringify(values).includes('sentinel-secret'))
      assert.deepEqual(sent, [])
    })
})

describe("a secret in a project's own entry", () => {
  it('is sent to the address of the source, which the plan shows', () => {
    const { values, secrets } = importJira({ 'a/b': { jira: { password: PASSWORD } } })
    assert.equal(values.password, PASSWORD)
    assert.deepEqual(secrets, [{ name: 'password', origin: 'file', addresses: ['https://jira.evil.example'] }])
  })

  it('is not sent to another address than the entry states', () => {
    const stated = { url: 'https://jira.example.com', password: PASSWORD }
    assert.equal(importJira({ 'a/b': { jira: stated } }).values.password, undefined)
  })
})

function importJira(secrets: Secrets, more: Readonly<Record<string, string>> = {}) {
  return translate(jira, { properties: { ...properties, ...more } }, { secrets, path: 'a/b', saved: undefined })
}

function serviceOf(slug: string) {
  const service = services.find((one) => one.slug === slug)
  assert.ok(service)
  return service
}
