import { defineService } from '../schema/service.ts'

export const alerts = defineService({
  slug: 'alerts',
  title: 'Alerts endpoint',
  description: 'Takes alerts from monitoring tools.',
  deprecated: 'GitLab dropped it during 13.x, when alerts got HTTP integrations of their own.',
  gitlabOnly: 'The address that alerts were sent to was GitLab itself.',
  params: {},
  events: [],
})
