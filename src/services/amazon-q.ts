import { flag, suggested, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const amazonQ = defineService({
  slug: 'amazon-q',
  kind: 'ci',
  title: 'Amazon Q',
  description: 'Assigns tasks in issues and merge requests to Amazon Q.',
  gitlabOnly: 'Amazon Q connects to a whole GitLab instance and acts as one of its users.',
  params: () => ({
    role_arn: text('ARN of the AWS role that the instance assumes', 2048).meta({ title: 'AWS role ARN' }),
    availability: suggested(['default_on', 'default_off', 'never_on'], 'Whether projects can use Amazon Q', {
      default_on: 'On by default',
      default_off: 'Off by default',
      never_on: 'Always off',
    }),
    auto_review_enabled: flag('Review each merge request automatically. Requires that Amazon Q is on by default')
      .meta({ title: 'Automatic code review' })
      .default(false),
  }),
  events: [],
  flagsFollowing: { merge_requests_events: 'auto_review_enabled', pipeline_events: 'auto_review_enabled' },
  deliversNothing: 'Amazon Q takes events from a GitLab instance only, through an AWS role of that instance.',
})
