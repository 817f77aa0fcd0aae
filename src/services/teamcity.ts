import type { CommitState, CommitStatus } from '../schema/commit-status.ts'
import { endpoint, secret, text } from '../schema/field.ts'
import { refName } from '../schema/payload.ts'
import { defineService } from '../schema/service.ts'
import { basic, joinUrl, parseJson, type StepResponse, type Steps, valueAt, withQuery } from '../schema/step.ts'
import { type BuildEvent, skipsBuild } from './builds.ts'
import { escapeHtml, sslVerification } from './groups.ts'

export const teamcity = defineService({
  slug: 'teamcity',
  kind: 'ci',
  title: 'JetBrains TeamCity CI',
  description: 'Triggers TeamCity builds on pushes and merge requests.',
  params: () => ({
    teamcity_url: endpoint('URL of the TeamCity server, e.g. https://teamcity.example.com'),
    build_type: text('ID of the build configuration').meta({ title: 'Build configuration ID' }),
    username: text('TeamCity user who triggers the builds'),
    password: secret(text('Password of the TeamCity user')),
    enable_ssl_verification: sslVerification().default(true),
  }),
  events: ['push', 'merge_requests'],
  deliver: { push: build, merge_request: build },
  commitStatus({ sha }, { teamcity_url, build_type, username, password }) {
    const path = `httpAuth/app/rest/builds/branch:unspecified:any,revision:${sha}`
    return {
      step: {
        method: 'GET',
        url: joinUrl(teamcity_url, path),
        headers: { Accept: 'application/json' },
        ...basic(username, password),
      },
      read: (response) => readBuild(response, joinUrl(teamcity_url, 'viewLog.html'), build_type),
    }
  },
})

function readBuild(response: StepResponse, page: string, buildTypeId: string): CommitStatus | undefined {
  if (response.status === 404) return { status: 'pending', page: withQuery(page, { buildTypeId }) }
  if (response.status !== 200) return undefined
  const fields = fieldsOf(response)
  const id = valueAt(fields, 'id')
  const status = stateOf(valueAt(fields, 'status'))
  return status && { status, page: withQuery(page, { ...(id !== undefined && { buildId: String(id) }), buildTypeId }) }
}

/** The build in JSON, also where it is inside another object, or the attributes of the build in XML. */
function fieldsOf(response: StepResponse): unknown {
  const body = parseJson(response)
  if (body !== undefined) return valueAt(body, 'build') ?? body
  const [tag = ''] = /<build\s[^>]*/.exec(response.text) ?? []
  return Object.fromEntries([...tag.matchAll(/\s(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]))
}

function stateOf(word: unknown): CommitState | undefined {
  const states = [
    ['SUCCESS', 'success'],
    ['FAILURE', 'failed'],
    ['Pending', 'pending'],
  ] as const
  return states.find(([known]) => typeof word === 'string' && word.includes(known))?.[1]
}

interface Server {
  teamcity_url: string
  build_type: string
  username: string
  password: string
}

function* build(event: BuildEvent, { teamcity_url, build_type, username, password }: Server): Steps {
  const reason = skipsBuild(event)
  if (reason) return reason
  const branch =
    event.kind === 'merge_request' ? event.payload.object_attributes.source_branch : refName(event.payload.ref)
  yield {
    method: 'POST',
    url: joinUrl(teamcity_url, 'httpAuth/app/rest/buildQueue'),
    headers: { 'Content-Type': 'application/xml' },
    ...basic(username, password),
    body: `<build branchName="${escapeHtml(branch)}"><buildType id="${escapeHtml(build_type)}"/></build>`,
  }
}
