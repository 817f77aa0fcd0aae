import { endpoint, flag, secret, text } from '../schema/field.ts'
import { refName } from '../schema/payload.ts'
import { defineService } from '../schema/service.ts'
import { basic, joinUrl, type Steps } from '../schema/step.ts'
import { type BuildEvent, skipsBuild } from './builds.ts'
import { escapeHtml } from './groups.ts'

export const teamcity = defineService({
  slug: 'teamcity',
  kind: 'ci',
  title: 'JetBrains TeamCity CI',
  description: 'Triggers TeamCity builds on pushes and merge requests.',
  params: {
    teamcity_url: endpoint('URL of the TeamCity server, e.g. https://teamcity.example.com'),
    build_type: text('ID of the build configuration').meta({ title: 'Build configuration ID' }),
    username: text('TeamCity user who triggers the builds'),
    password: secret(text('Password of the TeamCity user')),
    enable_ssl_verification: flag('Verify the TLS certificate of the server')
      .meta({ title: 'SSL verification' })
      .default(true),
  },
  events: ['push', 'merge_requests'],
  deliver: { push: build, merge_request: build },
})

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
