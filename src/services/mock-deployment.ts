import { defineService } from '../schema/service.ts'

export const mockDeployment = defineService({
  slug: 'mock-deployment',
  kind: 'ci',
  title: 'Mock deployment',
  description: 'Simulates a deployment platform during development.',
  deprecated: 'GitLab removed the service in 14.x.',
  gitlabOnly: 'Simulates a platform for the development of GitLab.',
  developmentOnly: true,
  params: () => ({}),
  events: [],
  deliversNothing: 'The service simulates deployments within GitLab.',
})
