import type { CommitState } from '../schema/commit-status.ts'
import type { DeliveryContext } from '../schema/context.ts'
import { endpoint, secret, text } from '../schema/field.ts'
import { hook } from '../schema/hook.ts'
import { headerOf } from '../schema/payload.ts'
import { defineService } from '../schema/service.ts'
import { type Judge, joinUrl, jsonAt, type Steps, withQuery } from '../schema/step.ts'
import { type BuildEvent, encodePath, skipsBuild, toCommitState } from './builds.ts'
import { sslVerification } from './groups.ts'

export const droneCi = defineService({
  slug: 'drone-ci',
  kind: 'ci',
  title: 'Drone CI',
  description: 'Triggers Drone builds on pushes, tags and merge requests.',
  params: () => ({
    token: secret(text('Token of the project on the Drone server')),
    drone_url: endpoint('URL of the Drone server, e.g. https://drone.example.com'),
    enable_ssl_verification: sslVerification().optional(),
  }),
  events: ['push', 'merge_requests', 'tag_push'],
  deliver: { push: build, merge_request: build, tag_push: build },
  commitStatus({ sha, ref, project }, { drone_url, token }) {
    const base = joinUrl(drone_url, `gitlab/${encodePath(project)}`)
    const branch = ref === null ? {} : { branch: ref }
    return {
      step: { method: 'GET', url: withQuery(`${base}/commits/${sha}`, { ...branch, access_token: token }) },
      read(response) {
        const word = response.status === 200 ? jsonAt(response, 'status') : undefined
        const status = STATES.get(word) ?? toCommitState(word)
        return status && { status, page: withQuery(`${base}/redirect/commits/${sha}`, branch) }
      },
    }
  },
})

/** Drone's words for which GitLab has others. */
const STATES: ReadonlyMap<unknown, CommitState> = new Map<unknown, CommitState>([
  ['killed', 'canceled'],
  ['declined', 'canceled'],
  ['failure', 'failed'],
  ['error', 'failed'],
  ['blocked', 'manual'],
  ['waiting_on_dependencies', 'pending'],
])

/** Drone 1 and later recognise events by `X-Gitlab-Event`, and check `X-Gitlab-Token`. */
function* build(
  event: BuildEvent,
  { drone_url, token }: { drone_url: string; token: string },
  context: DeliveryContext,
): Steps {
  const reason = skipsBuild(event)
  if (reason) return reason
  const path = event.payload.project.path_with_namespace
  const [owner, name] = [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)]
  const url = withQuery(joinUrl(drone_url, 'hook'), { owner, name, access_token: token })
  yield hook(url, event, context, {
    event: headerOf(event.kind),
    headers: { 'X-Gitlab-Token': token },
    judge: judgeBuild,
  })
}

/** Drone responds to events that it drops with 200 and no body, and to those it needs no build for with 204. */
const judgeBuild: Judge = ({ status, text: body }) =>
  status === 200 && body.trim() === ''
    ? {
        verdict: 'ignored',
        reason: 'Drone dropped the event: the repository is not active there, or it expects another event',
      }
    : undefined
