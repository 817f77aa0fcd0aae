import { text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { issueTracker } from './groups.ts'

export const youtrack = defineService({
  slug: 'youtrack',
  title: 'YouTrack',
  description: 'Points the issue links of the project to YouTrack.',
  params: {
    issues_url: issueTracker.issues_url,
    project_url: issueTracker.project_url,
    description: text('What the tracker is for').optional(),
  },
  events: ['push'],
})
