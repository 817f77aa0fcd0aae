import { defaultBranchOnly, flag, lines } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { pipelineNotifications } from './groups.ts'

export const pipelinesEmail = defineService({
  slug: 'pipelines-email',
  kind: 'chat',
  title: 'Pipelines emails',
  description: 'Sends an email when a pipeline finishes.',
  params: {
    recipients: lines('List of email addresses, separated by commas or white space. GitLab accepts up to 30'),
    add_pusher: flag('Add the user whose push started the pipeline to the recipients')
      .meta({ title: 'Notify pusher' })
      .optional(),
    notify_only_default_branch: defaultBranchOnly(),
    ...pipelineNotifications,
  },
  events: ['pipeline'],
})
