import { defaultBranchOnly, link, secret } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from './groups.ts'

export const microsoftTeams = defineService({
  slug: 'microsoft-teams',
  title: 'Microsoft Teams Notification',
  description: 'Announces project events in a Microsoft Teams channel.',
  params: {
    webhook: secret(link('Webhook of the channel, e.g. https://outlook.office.com/webhook/…')),
    notify_only_default_branch: defaultBranchOnly(),
    ...pipelineNotifications,
  },
  events: [...chatEvents, ...workItemEvents],
})
