import type { CommitState } from '../schema/commit-status.ts'
import { endpoint, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { basic, joinUrl, parseJson, type StepResponse, valueAt, withQuery } from '../schema/step.ts'
import { sslVerification } from './groups.ts'

export const bamboo = defineService({
  slug: 'bamboo',
  kind: 'ci',
  title: 'Atlassian Bamboo CI',
  description: 'Triggers a Bamboo build plan on each push.',
  params: () => ({
    bamboo_url: endpoint('URL of the Bamboo server, e.g. https://bamboo.example.com'),
    build_key: secret(text('Key of the build plan, e.g. PROJECT-PLAN')),
    username: text('Bamboo user who triggers the builds'),
    password: secret(text('Password of the Bamboo user')),
    enable_ssl_verification: sslVerification().default(true),
  }),
  events: ['push'],
  deliver: {
    *push(_, { bamboo_url, build_key, username, password }) {
      const url = joinUrl(bamboo_url, 'updateAndBuild.action')
      yield {
        method: 'GET',
        url: withQuery(url, { buildKey: build_key, os_authType: 'basic' }),
        ...basic(username, password),
        repeatable: false,
      }
    },
  },
  commitStatus({ sha }, { bamboo_url, build_key, username, password }) {
    const url = joinUrl(bamboo_url, `rest/api/latest/result/byChangeset/${sha}`)
    return {
      step: {
        method: 'GET',
        url: withQuery(url, { os_authType: 'basic' }),
        headers: { Accept: 'application/json' },
        ...basic(username, password),
      },
      read(response) {
        const result = newestResult(response)
        const status = result && stateOf(result)
        const key = valueAt(result, 'planResultKey', 'key')
        const page = `browse/${encodeURIComponent(typeof key === 'string' ? key : build_key)}`
        return status && { status, page: joinUrl(bamboo_url, page) }
      },
    }
  },
})

/** An empty object if Bamboo knows of no build, undefined if its response is of another kind. */
function newestResult(response: StepResponse): object | undefined {
  if (response.status === 404) return {}
  const body = parseJson(response)
  if (response.status !== 200 || typeof body !== 'object' || body === null) return undefined
  const found = valueAt(body, 'results', 'result')
  const newest: unknown = Array.isArray(found) ? found.at(-1) : found
  return typeof newest === 'object' && newest !== null ? newest : {}
}

/** Bamboo's words are `Successful` and `Failed`, of old also `Success`. */
function stateOf(result: object): CommitState | undefined {
  const state = valueAt(result, 'buildState')
  if (state === undefined) return 'pending'
  const words = [
    ['Success', 'success'],
    ['Failed', 'failed'],
    ['Pending', 'pending'],
  ] as const
  return words.find(([word]) => typeof state === 'string' && state.includes(word))?.[1]
}
