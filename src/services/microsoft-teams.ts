import { defaultBranchOnly, link, secret } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from './groups.ts'

export const microsoftTeams = defineService({
  slug: 'microsoft-teams',
  kind: 'chat',
  title: 'Microsoft Teams Notification',
  description: 'Posts project events to a Microsoft Teams channel.',
  params: {
    webhook: secret(link('Incoming webhook URL of the channel, e.g. https://outlook.office.com/webhook/…')),
    notify_only_default_branch: defaultBranchOnly(),
    ...pipelineNotifications,
  },
  events: [...chatEvents, ...workItemEvents],
})
