import { defaultBranchOnly, flag, lines } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { pipelineNotifications } from './groups.ts'

export const pipelinesEmail = defineService({
  slug: 'pipelines-email',
  title: 'Pipelines emails',
  description: 'Writes an email when a pipeline ends.',
  params: {
    recipients: lines('Email addresses, separated by commas or white space; GitLab takes up to 30'),
    add_pusher: flag('Write to the person whose push started the pipeline, too').optional(),
    notify_only_default_branch: defaultBranchOnly(),
    ...pipelineNotifications,
  },
  events: ['pipeline'],
})
