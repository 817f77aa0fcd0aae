import { defineService } from '../schema/service.ts'

export const mockMonitoring = defineService({
  slug: 'mock-monitoring',
  kind: 'monitoring',
  title: 'Mock monitoring',
  description: 'Simulates a monitoring server during development.',
  gitlabOnly: 'Simulates a server for the development of GitLab.',
  developmentOnly: true,
  params: () => ({}),
  events: [],
  deliversNothing: 'The service simulates metrics within GitLab.',
})
