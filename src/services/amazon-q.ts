import { flag, suggested, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const amazonQ = defineService({
  slug: 'amazon-q',
  title: 'Amazon Q',
  description: 'Lets people give tasks to Amazon Q in issues and merge requests.',
  gitlabOnly: 'GitLab connects a whole instance with Amazon Q, which then works as a user of that instance.',
  params: {
    role_arn: text('AWS role that stands for the instance, as an ARN', 2048),
    availability: suggested(['default_on', 'default_off', 'never_on'], 'Who has it'),
    auto_review_enabled: flag('Review merge requests unasked; needs `availability` default_on').default(false),
  },
  events: [],
  flagsFollowing: { merge_requests_events: 'auto_review_enabled', pipeline_events: 'auto_review_enabled' },
})
