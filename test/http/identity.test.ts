import { describe, expect, test } from 'vitest'
import { ask, type Call, newProject } from '../support/api.ts'
import { auditOf, rows } from '../support/database.ts'
import { sign, withSigned } from '../support/signed.ts'

const WEBHOOK = { webhook: 'https://hooks.example.com/identity' }
const NO_PROJECT = { status: 404, body: { message: '404 Project Not Found' } }

/** Signs a request as an owner of the project with that path. */
async function as(path: string, options: Call = {}): Promise<Call> {
  return withSigned(await sign({ project_path: path, access_level: 50, scopes: ['api', 'read_secrets'] }), options)
}

/** Creates a project and gives it a path past the checks of the API, which take ASCII only. */
async function store(fullPath: string): Promise<number> {
  const { id } = await newProject()
  await rows('update projects set path = ?, full_path = ? where id = ?', fullPath.split('/').at(-1), fullPath, id)
  return id
}

/** Paths that some rule of case folding, normalisation or white space takes for one. The database does not. */
const DISTINCT: [kind: string, path: string, other: string][] = [
  ['the Kelvin sign', 'acme/bac\u212Aend', 'acme/backend'],
  ['the Kelvin sign in a namespace', '\u212Aelvin/app', 'kelvin/app'],
  ['the long s', 'acme/\u017Fervice', 'acme/service'],
  ['umlauts', 'acme/äpfel', 'acme/Äpfel'],
  ['umlauts in a namespace', 'über/app', 'Über/app'],
  ['an umlaut and its decomposed form', 'acme/\u00E4', 'acme/a\u0308'],
  ['the sharp s', 'acme/straße', 'acme/strasse'],
  ['the capital sharp s', 'acme/ma\u00DF', 'acme/ma\u1E9E'],
  ['the Angstrom sign', 'acme/\u212Bngstrom', 'acme/\u00C5ngstrom'],
  ['the Ohm sign', 'acme/\u2126', 'acme/\u03A9'],
  ['Cyrillic', 'acme/жук', 'acme/ЖУК'],
  ['Cyrillic in a namespace', 'группа/app', 'ГРУППА/app'],
  ['a Cyrillic letter that looks Latin', 'acme/\u0441ore', 'acme/core'],
  ['Greek', 'acme/σ', 'acme/Σ'],
  ['the final sigma', 'acme/λόγος', 'acme/λόγοσ'],
  ['the dotless i', 'acme/\u0131con', 'acme/icon'],
  ['the dotted capital I', 'acme/\u0130con', 'acme/Icon'],
  ['full width letters', 'acme/\uFF41pp', 'acme/app'],
  ['full width letters in two cases', 'acme/\uFF41', 'acme/\uFF21'],
  ['a ligature', 'acme/\uFB01le', 'acme/file'],
  ['a zero width space', 'acme/we\u200Bb', 'acme/web'],
  ['a trailing space', 'acme/tail ', 'acme/tail'],
  ['a namespace more', 'acme/deep/er', 'deep/er'],
  ['a namespace less', 'flat', 'acme/flat'],
]

describe('a signed token for one path does not open the project of another path that resembles it', () => {
  test.each(DISTINCT)('%s', async (_, path, other) => {
    for (const [mine, theirs] of [
      [path, other],
      [other, path],
    ] as const) {
      await rows('delete from projects')
      const [own, victim] = [await store(mine), await store(theirs)]
      for (const id of [own, victim]) await ask(`projects/${id}/services/slack`, { json: WEBHOOK })
      const trail = await auditOf(victim)

      for (const ref of [String(victim), encodeURIComponent(theirs)]) {
        const requests: [string, Call][] = [
          ['/services/slack?with_secrets=true', {}],
          ['/services?with_secrets=true', {}],
          ['/services/slack', { json: { username: 'eve' } }],
          ['/services', { json: { services: {}, prune: true } }],
          ['/services/slack', { method: 'DELETE' }],
          ['/access_tokens', { method: 'POST', json: { name: 'eve', scopes: ['api'] } }],
          ['/audit_events', {}],
          ['', {}],
          ['', { json: { name: 'eve' } }],
        ]
        for (const [route, options] of requests) {
          const { status, body } = await ask(`projects/${ref}${route}`, await as(mine, options))
          expect({ ref, route, status, body }).toEqual({ ref, route, ...NO_PROJECT })
        }
      }
      expect(await auditOf(victim)).toEqual(trail)

      for (const ref of [String(own), encodeURIComponent(mine)]) {
        expect((await ask(`projects/${ref}/services/slack`, await as(mine))).status).toBe(200)
      }
      const { body } = await ask('projects', await as(mine))
      expect(body.map(({ id }: { id: number }) => id)).toEqual([own])
    }
  })
})

test.each([
  ['acme/Shop', 'ACME/sHOP'],
  ['Acme-1/a_b.C', 'aCME-1/A_B.c'],
])('a signed token opens its project %s by the path in another ASCII case, %s', async (stored, claimed) => {
  await rows('delete from projects')
  const id = await store(stored)
  await ask(`projects/${id}/services/slack`, { json: WEBHOOK })
  for (const ref of [String(id), encodeURIComponent(stored), encodeURIComponent(claimed)])
    expect((await ask(`projects/${ref}/services/slack`, await as(claimed))).status).toBe(200)
})

test('a signed token for a path that no project has opens none', async () => {
  await rows('delete from projects')
  const id = await store('acme/shop')
  expect(await ask(`projects/${id}/services`, await as('acme/sho'))).toMatchObject(NO_PROJECT)
  expect(await ask('projects/acme%2Fsho/services', await as('acme/sho'))).toMatchObject(NO_PROJECT)
  expect(await ask('projects', await as('acme/sho'))).toMatchObject({ status: 200, body: [] })
})
