import { text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { issueTracker } from './groups.ts'

export const redmine = defineService({
  slug: 'redmine',
  title: 'Redmine',
  description: 'Points the issue links of the project to Redmine.',
  params: {
    ...issueTracker,
    description: text('What the tracker is for').optional(),
  },
  events: ['push'],
})
