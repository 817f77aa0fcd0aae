import { expect, test, vi } from 'vitest'
import { ask, type Call, newSettings, newToken } from '../support/api.ts'
import { auditOf } from '../support/database.ts'
import { SLACK } from '../support/fixtures.ts'
import { sign, withSigned } from '../support/signed.ts'

const SCOPES = ['api', 'read_secrets']

async function lineOf(path: string, options: Call) {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  expect((await ask(path, options)).status).toBe(200)
  const [line] = log.mock.calls[0] ?? []
  log.mockRestore()
  return JSON.parse(String(line))
}

test('the log line of secrets that were read names the project and the caller', async () => {
  const { id, path } = await newSettings('slack', SLACK)
  const { id: tokenId, token } = await newToken(id, { scopes: SCOPES })
  const signed = await sign({ project_id: id, scopes: SCOPES, sub: 'Instance' })
  const read = { project: id, secrets_read: ['slack'] }
  const secrets = `${path}?with_secrets=true`
  expect(await lineOf(secrets, {})).toMatchObject({ ...read, caller: 'instance', token: null })
  expect(await lineOf(secrets, { token })).toMatchObject({ ...read, caller: 'token', token: tokenId })
  expect(await lineOf(secrets, withSigned(signed))).toMatchObject({ ...read, caller: 'signed', subject: 'Instance' })
  expect(await lineOf(path, { token })).not.toHaveProperty('secrets_read')
})

test('the log line of a request without a token names no caller', async () => {
  expect(await lineOf('services', { token: null })).not.toHaveProperty('caller')
})

test('an audit entry tells a signed user called Instance from the instance', async () => {
  const { id, path } = await newSettings('slack', SLACK)
  const { id: tokenId, token } = await newToken(id)
  await ask(path, { token, json: { username: 'token' } })
  await ask(path, withSigned(await sign({ project_id: id, sub: 'Instance' }), { json: { username: 'signed' } }))
  const [signed, own, , created] = (await ask(`projects/${id}/audit_events`)).body
  expect(signed).toMatchObject({ author_id: 0, details: { author_name: 'Instance', author_kind: 'signed' } })
  expect(own).toMatchObject({ author_id: tokenId + 1, details: { author_kind: 'token' } })
  expect(created).toMatchObject({ author_id: 1, details: { author_name: 'Instance', author_kind: 'instance' } })
  expect(own.author_id).toBe((await ask('user', { token })).body.id)
  expect(created.author_id).toBe((await ask('user')).body.id)
})

test('the name of a signed user has no control characters and no marks of direction', async () => {
  const { id, path } = await newSettings('slack', SLACK)
  const sub = 'a\u0000d\r\na\u001b[31m\u202e \u2066gr\u00fcn\u2028'
  await ask(path, withSigned(await sign({ project_id: id, sub }), { json: { username: 'x' } }))
  expect((await auditOf(id)).at(-1)?.actor_name).toBe('ada[31m gr\u00fcn')
})
