import { flag, link } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const mockCi = defineService({
  slug: 'mock-ci',
  kind: 'ci',
  title: 'MockCI',
  description: 'Simulates a CI server during development.',
  gitlabOnly: 'Simulates a CI server for the development of GitLab.',
  developmentOnly: true,
  params: {
    mock_service_url: link('URL of the simulated server, e.g. http://localhost:4004'),
    enable_ssl_verification: flag('Verify the TLS certificate of the server')
      .meta({ title: 'SSL verification' })
      .default(true),
  },
  events: ['push'],
  deliversNothing: 'The simulated server is only asked for the status of commits.',
})
