import { secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const pivotaltracker = defineService({
  slug: 'pivotaltracker',
  title: 'PivotalTracker',
  description: 'Tells Pivotal Tracker which stories a commit mentions.',
  params: {
    token: secret(text('API token of the Pivotal Tracker user who writes the comments')),
    restrict_to_branch: text('Branches whose commits count, separated by commas; all of them if empty').optional(),
  },
  events: ['push'],
})
