import { text } from '../field.ts'
import { issueTracker } from '../groups.ts'
import { defineService } from '../service.ts'

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
