import { type Answer, ask, type Call, newPlace, newProject, newSettings, newToken } from '../support/api.ts'
import { rows } from '../support/database.ts'

/** Stands in every secret that is sent. */
export const SENTINEL = 'Sentinel-5e7a90'

/** A write that is about to be sent, and what can be seen of the project that it is about. */
export interface Case {
  send(env: Call['env']): Promise<Answer>
  look(): Promise<unknown>
}

const WEBHOOK = { webhook: `https://hooks.example.com/${SENTINEL}` }
const JENKINS = { jenkins_url: 'https://ci.example.com', project_name: 'a', password: SENTINEL }

let count = 0

/** Sends a change of saved Slack settings, with `If-Match` or without. */
const edit = (method: string, json: object | undefined, isGuarded: boolean) => async (): Promise<Case> => {
  const { id, path, etag } = await newSettings('slack', { ...WEBHOOK, channel: '#old' })
  const headers: Record<string, string> = isGuarded ? { 'If-Match': etag } : {}
  return {
    send: (env) => ask(path, { method, headers, ...(json ? { json } : {}), ...(env ? { env } : {}) }),
    look: await lookAt(id),
  }
}

const create = (headers: Record<string, string>) => async (): Promise<Case> => {
  const { id, path } = await newPlace('slack')
  return { send: (env) => ask(path, { json: WEBHOOK, headers, ...(env ? { env } : {}) }), look: await lookAt(id) }
}

/** A plan for many services: one is created, one changed, one deleted. */
const WANTED = { slack: { username: 'new' }, asana: { api_key: SENTINEL } }

const onMany = (body: (id: number) => object, place: (id: number) => string) => async (): Promise<Case> => {
  const { id, list } = await newSettings('slack', WEBHOOK)
  await ask(`${list}/jenkins`, { json: JENKINS })
  const json = { services: WANTED, prune: true, ...body(id) }
  return {
    send: (env) => ask(place(id), { method: 'PUT', json, ...(env ? { env } : {}) }),
    look: await lookAt(id),
  }
}

/** The same for many projects: each of them has a result of its own. */
export const onProjects = onMany(
  (id) => ({ projects: { ids: [id] } }),
  () => 'services/apply',
)

const onProject = (method: string, json?: object) => async (): Promise<Case> => {
  const { id } = await newSettings('slack', WEBHOOK)
  return {
    send: (env) => ask(`projects/${id}`, { method, ...(json ? { json } : {}), ...(env ? { env } : {}) }),
    look: await lookAt(id),
  }
}

/** Requests for a token: by the instance, or by itself. */
const onToken = (method: string, end: string, isItself: boolean) => async (): Promise<Case> => {
  const { id } = await newProject()
  const { id: tokenId, token } = await newToken(id)
  await ask('version', { token })
  const caller = isItself ? { token } : {}
  const path = `projects/${id}/access_tokens/${isItself ? 'self' : tokenId}${end}`
  return { send: (env) => ask(path, { method, ...caller, ...(env ? { env } : {}) }), look: await lookAt(id) }
}

/** Every write of the API. */
export const WRITES: [name: string, arrange: () => Promise<Case>][] = [
  ['PUT that creates settings', create({})],
  ['PUT that only creates settings', create({ 'If-None-Match': '*' })],
  ['PUT that edits settings', edit('PUT', { username: 'new' }, false)],
  ['PUT that edits settings, with If-Match', edit('PUT', { username: 'new' }, true)],
  ['PUT of a secret', edit('PUT', { webhook: `https://hooks.example.com/new/${SENTINEL}` }, false)],
  ['PATCH of settings', edit('PATCH', { username: 'new', active: false }, false)],
  ['PATCH of settings, with If-Match', edit('PATCH', { username: 'new', active: false }, true)],
  ['DELETE of settings', edit('DELETE', undefined, false)],
  ['DELETE of settings, with If-Match', edit('DELETE', undefined, true)],
  [
    'PUT that moves an endpoint',
    async () => {
      const { id, path } = await newSettings('jenkins', JENKINS)
      const json = { jenkins_url: 'https://elsewhere.example.com' }
      return { send: (env) => ask(path, { json, ...(env ? { env } : {}) }), look: await lookAt(id) }
    },
  ],
  [
    'PUT of many settings',
    onMany(
      () => ({}),
      (id) => `projects/${id}/services`,
    ),
  ],
  [
    'POST of a project',
    async () => {
      count += 1
      const json = { name: 'New', path: `faulty-${count}`, namespace_path: 'faults' }
      const id = async () => (await rows<{ id: number }>('select id from projects where path = ?', json.path))[0]?.id
      return {
        send: (env) => ask('projects', { method: 'POST', json, ...(env ? { env } : {}) }),
        look: await lookAt(id),
      }
    },
  ],
  ['PUT of a project', onProject('PUT', { name: 'New', description: 'new' })],
  ['DELETE of a project', onProject('DELETE')],
  [
    'POST of a token',
    async () => {
      const { id } = await newProject()
      const sent = { method: 'POST', json: { name: 'new', scopes: ['api'] } }
      return {
        send: (env) => ask(`projects/${id}/access_tokens`, { ...sent, ...(env ? { env } : {}) }),
        look: await lookAt(id),
      }
    },
  ],
  ['DELETE of a token', onToken('DELETE', '', false)],
  ['DELETE of a token by itself', onToken('DELETE', '', true)],
  ['rotation of a token', onToken('POST', '/rotate', false)],
  ['rotation of a token by itself', onToken('POST', '/rotate', true)],
]

const SEEN = [
  "select iif(name = path, 'its path', name) as name, description, version from projects where id = ?",
  'select id is not null as retired from retired_projects where id = ?',
  `select slug, version, active, flags, params, secrets is not null as sealed,
     (select group_concat(key) from json_each(secrets_meta)) as secrets from settings where project_id = ? order by slug`,
  `select name, scopes, access_level, revoked_at is not null as revoked, length(digest) as digest
     from tokens where project_id = ? order by id`,
  `select action, actor_name, (select group_concat(value ->> 'field') from json_each(changes)) as fields
     from audit where project_id = ? order by id`,
]

/** All that is saved of a project, but for ids and times, and how many audit entries there are more than now. */
async function lookAt(project: number | (() => Promise<number | undefined>)): Promise<() => Promise<unknown>> {
  const before = await entries()
  return async () => {
    const id = typeof project === 'number' ? project : await project()
    const seen = await Promise.all(SEEN.map((sql) => rows(sql, id ?? 0)))
    return { seen, written: (await entries()) - before }
  }
}

async function entries(): Promise<number> {
  const [row] = await rows<{ count: number }>('select count(*) as count from audit')
  return row?.count ?? 0
}

/** A response without what differs from one time to the next: ids, times, paths, tokens and their likes. */
export function essence({ status, body }: Answer): unknown {
  const differs = /id$|_at$|path|web_url|^token$|fingerprint/
  const text = JSON.stringify(body, (key, value) => (differs.test(key) ? typeof value : value))
  return { status, body: JSON.parse(text) }
}
