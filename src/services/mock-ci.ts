import { flag, link } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const mockCi = defineService({
  slug: 'mock-ci',
  title: 'MockCI',
  description: 'Stands in for a CI server during development.',
  gitlabOnly: 'It stands in for a CI server while GitLab itself is developed.',
  developmentOnly: true,
  params: {
    mock_service_url: link('Address of the stand-in, e.g. http://localhost:4004'),
    enable_ssl_verification: flag('Verify the certificate of the server').default(true),
  },
  events: ['push'],
})
