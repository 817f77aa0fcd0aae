import { describe, expect, test } from 'vitest'
import type { Service } from '../../src/schema/service.ts'
import { services } from '../../src/services/registry.ts'
import { type Answer, ask, type Call, newSettings, newToken } from '../support/api.ts'
import { rows } from '../support/database.ts'
import { fullSet, requiredParams, valuesOf } from '../support/samples.ts'

/** Discord has 14 of them. */
const MAX_SECRETS = 3

const withSecrets = services.filter(({ params }) => params.some(({ secret }) => secret))
const secretsOf = ({ params }: Service) => params.filter(({ secret }) => secret)

/** A response without the parts that differ between any two requests. */
function shown({ status, body, headers }: Answer) {
  const varying = ['x-request-id', 'x-d1-bookmark', 'date']
  return { status, body, headers: [...headers].filter(([name]) => !varying.includes(name)) }
}

async function newGuess(service: Service, scopes: readonly string[]) {
  const { id, list, path, etag } = await newSettings(service.slug, fullSet(service))
  const { token } = await newToken(id, { scopes })
  const right = valuesOf(secretsOf(service))
  const wrong = valuesOf(secretsOf(service), 2)
  const plan = (secrets: object, body: object = { dry_run: true }, options: Call = {}) =>
    ask(list, { method: 'PUT', token, ...options, json: { services: { [service.slug]: secrets }, ...body } })
  return { id, list, path, etag, token, right, wrong, plan }
}

describe.each(withSecrets.map((service) => [service.slug, service] as const))('%s', (_, service) => {
  test('a dry run shows the same for a secret that is guessed and for one that is not', async () => {
    const { id, plan, right, wrong } = await newGuess(service, ['api'])
    const before = await rows('select * from settings where project_id = ?', id)
    for (const method of ['PUT', 'PATCH']) {
      for (const name of Object.keys(right).slice(0, MAX_SECRETS)) {
        const all = { ...right, [name]: wrong[name] }
        const [guessed, missed] = [await plan(right, undefined, { method }), await plan(all, undefined, { method })]
        expect(shown(guessed)).toEqual(shown(missed))
        const one = await plan({ [name]: right[name] }, undefined, { method })
        expect(shown(one)).toEqual(shown(await plan({ [name]: wrong[name] }, undefined, { method })))
      }
    }
    const { body } = await plan(right)
    expect(body.changes).toMatchObject([{ action: 'change' }])
    expect(body.changes[0].fields).toEqual(Object.keys(right).map((field) => ({ field, secret: 'sent' })))
    expect(await rows('select * from settings where project_id = ?', id)).toEqual(before)
  })

  test('a caller that may read secrets learns which of them would change', async () => {
    const { plan, right, wrong } = await newGuess(service, ['api', 'read_secrets'])
    const same = await plan(right)
    expect(same.body.changes).toMatchObject([{ action: 'unchanged' }])
    expect(same.body.changes[0].fields).toEqual(Object.keys(right).map((field) => ({ field, secret: 'unchanged' })))
    const other = await plan(wrong)
    expect(other.body.changes[0].fields).toEqual(Object.keys(right).map((field) => ({ field, secret: 'changed' })))
  })

  test('an error is the same for a secret that is guessed and for one that is not', async () => {
    const { path, plan, token, right, wrong } = await newGuess(service, ['api'])
    const blank = Object.fromEntries(requiredParams(service).map(({ name }) => [name, '']))
    const ends = [{ active: 'perhaps' }, blank, { use_inherited_settings: true }].filter(
      (end) => Object.keys(end).length > 0,
    )
    for (const name of Object.keys(right).slice(0, MAX_SECRETS)) {
      for (const end of ends) {
        const { [name]: _, ...others } = end as Record<string, unknown>
        if (Object.keys(others).length === 0) continue
        for (const method of ['PUT', 'PATCH']) {
          const send = (secret: unknown) => ask(path, { method, token, json: { [name]: secret, ...others } })
          const guessed = await send(right[name])
          expect(guessed.status).toBe(400)
          expect(shown(guessed)).toEqual(shown(await send(wrong[name])))
        }
        const [guessed, missed] = [right, wrong].map((values) => plan({ [name]: values[name], ...others }, {}))
        expect(shown((await guessed) as Answer)).toEqual(shown((await missed) as Answer))
      }
      const stale = { token, headers: { 'If-Match': '"0-0"' } }
      const guessed = await ask(path, { ...stale, json: { [name]: right[name] } })
      expect(guessed.status).toBe(412)
      expect(shown(guessed)).toEqual(shown(await ask(path, { ...stale, json: { [name]: wrong[name] } })))
    }
  })
})

test('the license key of Diffblue needs the token secret beside it, be it the saved key or another one', async () => {
  const service = services.find(({ slug }) => slug === 'diffblue-cover') as Service
  const { path, token, right, wrong } = await newGuess(service, ['api'])
  for (const { diffblue_license_key } of [right, wrong]) {
    const { status, body } = await ask(path, { token, json: { diffblue_license_key, diffblue_access_token_name: '' } })
    expect({ status, errors: body.errors }).toEqual({
      status: 400,
      errors: {
        diffblue_access_token_name: ["can't be blank"],
        diffblue_access_token_secret: ['must be sent again, because diffblue_license_key was sent'],
      },
    })
  }
})

test('a secret that a plan drops is shown as dropped', async () => {
  const service = services.find(({ slug }) => slug === 'jenkins') as Service
  const { plan } = await newGuess(service, ['api'])
  const moved = await plan({ jenkins_url: 'https://moved.example.com' })
  expect(moved.body.changes[0].fields).toContainEqual({ field: 'password', secret: 'dropped' })
  expect((await plan({ password: null })).body.changes[0].fields).toEqual([{ field: 'password', secret: 'dropped' }])
})
