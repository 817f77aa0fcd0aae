import { defineService } from '../schema/service.ts'

export const mockDeployment = defineService({
  slug: 'mock-deployment',
  title: 'Mock deployment',
  description: 'Stands in for a deployment platform during development.',
  deprecated: 'GitLab removed it around 14.x.',
  gitlabOnly: 'It stands in for a platform while GitLab itself is developed.',
  developmentOnly: true,
  params: {},
  events: [],
})
