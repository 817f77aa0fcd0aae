import { defineService } from '../schema/service.ts'

export const alerts = defineService({
  slug: 'alerts',
  kind: 'monitoring',
  title: 'Alerts endpoint',
  description: 'Receives alerts from monitoring tools.',
  deprecated: 'Removed from GitLab in 13.x, which replaced it with HTTP endpoints for alerts.',
  gitlabOnly: 'Alerts were received by GitLab itself.',
  params: () => ({}),
  events: [],
  deliversNothing: 'The service receives alerts and sends nothing.',
})
