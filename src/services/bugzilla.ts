import { text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { issueTracker } from './groups.ts'

export const bugzilla = defineService({
  slug: 'bugzilla',
  title: 'Bugzilla',
  description: 'Points the issue links of the project to Bugzilla.',
  params: {
    ...issueTracker,
    description: text('What the tracker is for').optional(),
    title: text('Name that the tracker is shown under').optional(),
  },
  events: ['push'],
})
