import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import * as old from '@gitbeaker/node'
import * as rest from '@gitbeaker/rest'
import { ask, checkOut, type Patchbay, start } from './patchbay.ts'
import { lost, notServed, required } from './settings.ts'

/** Places of the types of both clients, each in its own version. */
const CORE = '@gitbeaker/core'

type Values = Record<string, unknown>

interface Client {
  name: string
  /** Creates a project and a token for it, as far as the client has calls for that. */
  join(patchbay: Patchbay): Promise<{ project: number; token: string }>
  services(host: string, token: string): Services
  /** Every slug in the client's own types. */
  slugs: string[]
  /** Message of the client's own error. */
  failure(error: unknown): { class: string; status: number; text: string }
}

interface Services {
  all(project: number): Promise<Values[]>
  edit(project: number, slug: string, settings?: Values): Promise<Values>
  show(project: number, slug: string): Promise<Values>
  remove(project: number, slug: string): Promise<unknown>
}

const gitbeakerNode: Client = {
  name: '@gitbeaker/node 34, which asks for /services',
  async join(patchbay) {
    const { url: host, token } = patchbay
    const { id } = await new old.Projects({ host, token }).create({ name: 'Node', path: 'node' })
    // It has no call for project access tokens.
    const created = await ask(patchbay, 'POST', `/projects/${id}/access_tokens`, { name: 'node', scopes: ['api'] })
    return { project: id, token: created.token }
  },
  services(host, token) {
    const services = new old.Services({ host, token })
    return {
      all: (project) => services.all(project),
      edit: (project, slug, settings) => services.edit(project, slug as 'slack', settings),
      show: (project, slug) => services.show(project, slug as 'slack'),
      remove: (project, slug) => services.remove(project, slug as 'slack'),
    }
  },
  slugs: slugsOf('@gitbeaker/node', 'types/resources/Services.d.ts', 'SupportedService'),
  failure(error) {
    const { name, response, description } = error as Error & { response: { statusCode: number }; description: string }
    return { class: name, status: response.statusCode, text: description }
  },
}

const gitbeakerRest: Client = {
  name: '@gitbeaker/rest 43, which asks for /integrations',
  async join({ url: host, token }) {
    const { id } = await new rest.Projects({ host, token }).create({ name: 'Rest', path: 'rest' })
    const tokens = new rest.ProjectAccessTokens({ host, token })
    const created = await tokens.create(id, 'rest', ['api'], tomorrow(), { accessLevel: rest.AccessLevel.MAINTAINER })
    return { project: id, token: created.token }
  },
  services(host, token) {
    const integrations = new rest.Integrations({ host, token })
    return {
      all: (project) => integrations.all(project),
      edit: (project, slug, settings) => integrations.edit(project, slug as 'slack', settings),
      show: (project, slug) => integrations.show(project, slug as 'slack'),
      remove: (project, slug) => integrations.disable(project, slug as 'slack'),
    }
  },
  slugs: slugsOf('@gitbeaker/rest', 'index.d.ts', 'SupportedIntegration'),
  failure(error) {
    assert.ok(error instanceof rest.GitbeakerRequestError)
    return { class: error.name, status: error.cause?.response.status ?? 0, text: error.cause?.description ?? '' }
  },
}

let patchbay: Patchbay
before(async () => {
  patchbay = await start(checkOut())
})
after(() => patchbay?.stop())

for (const client of [gitbeakerNode, gitbeakerRest])
  describe(client.name, () => {
    let services: Services
    let project: number
    before(async () => {
      const joined = await client.join(patchbay)
      project = joined.project
      services = client.services(patchbay.url, joined.token)
    })

    it('sets, lists, reads, edits and deletes a service', async () => {
      const set = await services.edit(project, 'slack', { ...required.slack, channel: '#one' })
      assert.equal(set.slug, 'slack')
      assert.deepEqual(slugs(await services.all(project)), ['slack'])
      assert.equal(channel(await services.show(project, 'slack')), '#one')
      await services.edit(project, 'slack', { channel: '#two', push_events: false })
      const edited = await services.show(project, 'slack')
      assert.equal(channel(edited), '#two')
      assert.equal(edited.push_events, false)
      await services.remove(project, 'slack')
      assert.deepEqual(await services.all(project), [])
    })

    it('throws its own errors', async () => {
      const stranger = client.services(patchbay.url, 'wrong')
      await fails(stranger.all(project), 401, '401 Unauthorized')
      await fails(services.show(999_999, 'slack'), 404, '404 Project Not Found')
      await fails(services.show(project, 'slack'), 404, '404 Service Not Found')
      await fails(services.edit(project, 'slack', {}), 400, 'webhook is missing')
    })

    it('sets every service that it knows', async () => {
      const served = client.slugs.filter((slug) => !(slug in notServed))
      for (const slug of served) {
        const sent = required[slug] ?? {}
        assert.deepEqual(lost(sent, await services.edit(project, slug, sent)), [], slug)
      }
      assert.deepEqual(slugs(await services.all(project)), served.toSorted())
    })

    it('is told of slugs that GitLab does not serve', async () => {
      const unknown = client.slugs.filter((slug) => slug in notServed)
      assert.deepEqual(unknown, ['hangouts_chat', 'kubernetes'])
      for (const slug of unknown)
        await fails(services.edit(project, slug, required[slug]), 404, '404 Service Not Found')
    })

    async function fails(call: Promise<unknown>, status: number, text: string): Promise<void> {
      const error = await call.then(
        () => assert.fail(`no ${status}`),
        (error) => error,
      )
      const name = client === gitbeakerNode ? 'HTTPError' : 'GitbeakerRequestError'
      assert.deepEqual(client.failure(error), { class: name, status, text })
    }
  })

function slugs(list: Values[]): string[] {
  return list.map(({ slug }) => String(slug)).toSorted()
}

function channel({ properties }: Values): unknown {
  return (properties as Values).channel
}

function tomorrow(): string {
  return new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString().slice(0, 10)
}

/** The members of a union of strings in a client's declarations. */
function slugsOf(client: string, file: string, type: string): string[] {
  const require = createRequire(createRequire(import.meta.url).resolve(client))
  const declarations = readFileSync(join(dirname(require.resolve(CORE)), file), 'utf8')
  const union = new RegExp(`type ${type} = ([^;]+);`).exec(declarations)?.[1] ?? ''
  return [...union.matchAll(/'([^']+)'/g)].map(([, slug]) => slug ?? '')
}
