import { secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const pivotaltracker = defineService({
  slug: 'pivotaltracker',
  kind: 'issues',
  title: 'PivotalTracker',
  description: 'Adds commits as comments to the Pivotal Tracker stories that they mention.',
  params: {
    token: secret(text('API token of the Pivotal Tracker user who adds the comments')),
    restrict_to_branch: text(
      'Comma-separated list of branches. Commits on other branches are ignored. Default: all branches',
    )
      .meta({ title: 'Branches' })
      .optional(),
  },
  events: ['push'],
})
