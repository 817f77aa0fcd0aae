import { link } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { joinUrl, jsonAt } from '../schema/step.ts'
import { encodePath, toCommitState } from './builds.ts'
import { sslVerification } from './groups.ts'

export const mockCi = defineService({
  slug: 'mock-ci',
  kind: 'ci',
  title: 'MockCI',
  description: 'Simulates a CI server during development.',
  gitlabOnly: 'Simulates a CI server for the development of GitLab.',
  developmentOnly: true,
  params: () => ({
    mock_service_url: link('URL of the simulated server, e.g. http://localhost:4004'),
    enable_ssl_verification: sslVerification().default(true),
  }),
  events: ['push'],
  deliversNothing: 'The simulated server is only asked for the status of commits.',
  commitStatus({ sha, project }, { mock_service_url }) {
    const page = joinUrl(mock_service_url, `${encodePath(project)}/status/${sha}`)
    return {
      step: { method: 'GET', url: `${page}.json` },
      read(response) {
        if (response.status === 404) return { status: 'pending', page }
        const status = response.status === 200 ? toCommitState(jsonAt(response, 'status')) : undefined
        return status && { status, page }
      },
    }
  },
})
