import { endpoint, flag, secret, text } from '../schema/field.ts'
import type { PayloadOf } from '../schema/payload.ts'
import { defineService } from '../schema/service.ts'
import { bearer, type Judge, json } from '../schema/step.ts'

export const github = defineService({
  slug: 'github',
  kind: 'ci',
  title: 'GitHub',
  description: 'Reports pipeline results to GitHub as commit statuses.',
  params: () => ({
    token: secret(text('GitHub access token with the scope repo:status')),
    repository_url: endpoint('URL of the repository, e.g. https://github.com/example/project'),
    static_context: flag('Name status checks after this host instead of the branch')
      .meta({ title: 'Static status check names' })
      .default(true),
  }),
  events: ['pipeline'],
  deliver: {
    *pipeline({ payload }, { token, repository_url, static_context }, { instance }) {
      const { sha, status } = payload.object_attributes
      const body = statusOf(payload, static_context ? URL.parse(instance)?.host : undefined)
      if (!body) return `GitHub has no state for the status ${status}`
      const repository = apiOf(repository_url)
      if (!repository) return 'repository_url names no repository'
      const accept = { Accept: 'application/vnd.github+json' }
      yield json(`${repository}/statuses/${encodeURIComponent(sha)}`, body, {
        ...bearer(token),
        headers: accept,
        repeatable: true,
        judge,
      })
    },
  },
})

/** The commit status that a pipeline makes, named after the host or else the branch; undefined if GitHub has no state for it. */
export function statusOf({ object_attributes: pipeline, project }: PayloadOf<'pipeline'>, host: string | undefined) {
  const { id, ref, status, detailed_status } = pipeline
  const state = STATES[status]
  return (
    state && {
      state,
      context: `ci/gitlab/${host ?? ref}`.slice(0, CONTEXT_LENGTH),
      description: `Pipeline ${detailed_status || status} on GitLab`.slice(0, DESCRIPTION_LENGTH),
      target_url: `${project.web_url}/-/pipelines/${id}`,
    }
  )
}

const CONTEXT_LENGTH = 255
const DESCRIPTION_LENGTH = 140

/** The state of a commit status for the status of a pipeline. */
const STATES: Readonly<Record<string, 'pending' | 'success' | 'failure' | 'error'>> = {
  created: 'pending',
  pending: 'pending',
  running: 'pending',
  manual: 'pending',
  success: 'success',
  skipped: 'success',
  failed: 'failure',
  canceled: 'error',
}

/** GitHub's API for the repository at an address; undefined if the address names none. */
function apiOf(address: string): string | undefined {
  const { origin, host, pathname } = URL.parse(address) ?? {}
  const [owner, name] = (pathname ?? '').split('/').filter(Boolean)
  if (!origin || !owner || !name) return undefined
  const api = host === 'github.com' ? 'https://api.github.com' : `${origin}/api/v3`
  return `${api}/repos/${owner}/${name.replace(/\.git$/, '')}`
}

/** GitHub refuses with 403 or 429 if the token's requests are used up, and says until when in seconds since 1970. */
const judge: Judge = ({ status, header }) => {
  if (status === 201) return { verdict: 'confirmed' }
  const reset = Number(header('x-ratelimit-reset') ?? Number.NaN)
  if ((status !== 403 && status !== 429) || header('x-ratelimit-remaining') !== '0' || Number.isNaN(reset))
    return undefined
  const now = Date.parse(header('date') ?? '') / 1000
  return {
    verdict: 'wait',
    reason: 'GitHub’s rate limit is used up',
    ...(now && { retryAfter: Math.max(1, reset - now) }),
  }
}
