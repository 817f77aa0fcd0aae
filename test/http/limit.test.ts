import { expect, test } from 'vitest'
import { ask, newProject, newToken } from '../support/api.ts'
import { rows } from '../support/database.ts'
import { sign, withSigned } from '../support/signed.ts'

const LIMIT = 200
const FULL = { status: 400, body: { message: '400 Bad Request - The project has 200 live tokens: revoke one first' } }
const tokensOf = (id: number) => `projects/${id}/access_tokens`
const create = (id: number) => ask(tokensOf(id), { method: 'POST', json: { name: 'a', scopes: ['api'] } })

/** Fills a new project with live tokens, `room` short of the limit; dead ones do not count. */
async function fullProject(room = 0) {
  const { id } = await newProject()
  const first = await newToken(id)
  const fill = (count: number, expiresAt: number, revokedAt: number | null) =>
    rows(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
       insert into tokens
         (project_id, name, digest, scopes, access_level, created_at, expires_at, revoked_at, by_signed_user)
       select ?, 'filler', hex(randomblob(32)), '["api"]', 40, 1, ?, ?, 0 from n`,
      count,
      id,
      expiresAt,
      revokedAt,
    )
  await fill(20, Date.now() + 1_000_000, 1)
  await fill(20, 1, null)
  if (LIMIT - 1 - room > 0) await fill(LIMIT - 1 - room, Date.now() + 1_000_000, null)
  return { id, first }
}

async function liveTokens(id: number): Promise<number> {
  const sql = 'select count(*) as live from tokens where project_id = ? and revoked_at is null and expires_at > ?'
  const [row] = await rows<{ live: number }>(sql, id, Date.now())
  return row?.live ?? 0
}

test('a project has 200 live tokens at most, for the instance and for signed users', async () => {
  const { id, first } = await fullProject(1)
  expect((await create(id)).status).toBe(201)
  expect(await create(id)).toMatchObject(FULL)
  const json = { name: 'a', scopes: ['api'] }
  const signed = withSigned(await sign({ project_id: id }), { method: 'POST', json })
  expect(await ask(tokensOf(id), signed)).toMatchObject(FULL)
  expect(await liveTokens(id)).toBe(LIMIT)
  await ask(`${tokensOf(id)}/${first.id}`, { method: 'DELETE' })
  expect((await create(id)).status).toBe(201)
})

test('requests at the same moment do not exceed the limit', async () => {
  const { id } = await fullProject(3)
  const statuses = (await Promise.all(Array.from({ length: 10 }, () => create(id)))).map(({ status }) => status)
  expect(statuses.sort()).toEqual([201, 201, 201, 400, 400, 400, 400, 400, 400, 400])
  expect(await liveTokens(id)).toBe(LIMIT)
})

test('a full project still rotates live tokens, by themselves and by the instance', async () => {
  const { id, first } = await fullProject()
  const { status, body } = await ask(`${tokensOf(id)}/self/rotate`, { method: 'POST', token: first.token })
  expect(status).toBe(200)
  expect((await ask(`${tokensOf(id)}/${body.id}/rotate`, { method: 'POST' })).status).toBe(200)
  expect(await liveTokens(id)).toBe(LIMIT)
})

test('a full project does not rotate an expired token, and leaves it as it was', async () => {
  const { id } = await fullProject()
  const [expired] = await rows<{ id: number }>('select id from tokens where project_id = ? and expires_at = 1', id)
  expect(await ask(`${tokensOf(id)}/${expired?.id}/rotate`, { method: 'POST' })).toMatchObject(FULL)
  expect(await rows('select revoked_at from tokens where id = ?', expired?.id)).toEqual([{ revoked_at: null }])
})

test('of rotations at the same moment in a full project one wins, and the others are 401', async () => {
  const { id, first } = await fullProject()
  const rotate = () => ask(`${tokensOf(id)}/self/rotate`, { method: 'POST', token: first.token })
  const responses = await Promise.all([rotate(), rotate(), rotate()])
  expect(responses.map(({ status }) => status).sort()).toEqual([200, 401, 401])
  expect(await liveTokens(id)).toBe(LIMIT)
})
