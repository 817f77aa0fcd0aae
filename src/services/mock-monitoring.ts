import { defineService } from '../schema/service.ts'

export const mockMonitoring = defineService({
  slug: 'mock-monitoring',
  title: 'Mock monitoring',
  description: 'Stands in for a monitoring server during development.',
  gitlabOnly: 'It stands in for a server while GitLab itself is developed.',
  developmentOnly: true,
  params: {},
  events: [],
})
