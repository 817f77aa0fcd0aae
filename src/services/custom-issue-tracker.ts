import { text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { issueTracker } from './groups.ts'

export const customIssueTracker = defineService({
  slug: 'custom-issue-tracker',
  title: 'Custom Issue Tracker',
  description: 'Points the issue links of the project to a tracker of your choice.',
  params: {
    ...issueTracker,
    description: text('What the tracker is for').optional(),
    title: text('Name that the tracker is shown under').optional(),
  },
  events: ['push'],
})
