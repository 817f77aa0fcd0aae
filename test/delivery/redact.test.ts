import { describe, expect, test } from 'vitest'
import { redactor } from '../../src/delivery/redact.ts'
import { registryFor } from '../../src/services/registry.ts'

const service = (slug: string) => {
  const found = registryFor(true).find(slug)
  if (!found) throw new Error(slug)
  return found
}

const PASSWORD = 'S3ntinel/ä "pw"&<x>'
const WEBHOOK = 'https://hooks.example.com/services/T0000/B0000/s3ntinel-token-of-slack?sig=a%20very+long-signature'

describe('a receiver that repeats a secret', () => {
  const redact = redactor(service('jenkins'), {
    jenkins_url: 'https://ci.example.com',
    username: 'ada',
    password: PASSWORD,
  })

  test.each([
    ['plain', PASSWORD],
    ['percent-encoded', encodeURIComponent(PASSWORD)],
    ['as an address', encodeURI(PASSWORD)],
    ['as a form', new URLSearchParams({ p: PASSWORD }).toString().slice(2)],
    ['in JSON', JSON.stringify(PASSWORD).slice(1, -1)],
    ['in JSON with escaped slashes', JSON.stringify(PASSWORD).slice(1, -1).replaceAll('/', '\\/')],
    [
      'in HTML',
      PASSWORD.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    ],
    ['in base64', new TextEncoder().encode(PASSWORD).toBase64()],
    ['in hexadecimal', new TextEncoder().encode(PASSWORD).toHex()],
    ['as credentials', new TextEncoder().encode(`ada:${PASSWORD}`).toBase64()],
    ['as a token without a user', new TextEncoder().encode(`:${PASSWORD}`).toBase64()],
  ])('%s leaves no trace of it in the log', (_, form) => {
    const shown = redact(`before ${form} after`)
    expect(shown).toMatch(/^before \*\*\*=* after$/)
  })

  test('a receiver that repeats a secret leaves what is no secret', () =>
    expect(redact('ada at https://ci.example.com')).toBe('ada at https://ci.example.com'))
})

test('parts of a secret address are secret too, and its host is not', () => {
  const redact = redactor(service('slack'), { webhook: WEBHOOK })
  for (const form of [WEBHOOK, new URL(WEBHOOK).pathname, 's3ntinel-token-of-slack', 'a very long-signature'])
    expect(redact(`<${form}>`)).not.toMatch(/s3ntinel|signature/)
  expect(redact('no services at hooks.example.com')).toBe('no services at hooks.example.com')
})

test('nothing is shown beside a secret that is too short to be replaced', () => {
  expect(redactor(service('jenkins'), { password: 'abc' })('the abc of passwords')).toBe('')
})
