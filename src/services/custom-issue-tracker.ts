import { text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { issueTracker, LINKS_ONLY, reach, trackerDescription } from './groups.ts'

export const customIssueTracker = defineService({
  slug: 'custom-issue-tracker',
  kind: 'issues',
  title: 'Custom Issue Tracker',
  description: 'Links issue references of the project to an issue tracker of your choice.',
  params: () => ({
    ...issueTracker,
    description: trackerDescription(),
    title: text('Display name of the issue tracker').optional(),
  }),
  events: ['push'],
  deliversNothing: LINKS_ONLY,
  probe: ({ project_url }) => reach(project_url),
})
