import { defineService } from '../schema/service.ts'
import { issueTracker, LINKS_ONLY, reach } from './groups.ts'

export const clickup = defineService({
  slug: 'clickup',
  kind: 'issues',
  title: 'ClickUp',
  description: 'Links issue references of the project to ClickUp.',
  params: () => ({
    project_url: issueTracker.project_url,
    issues_url: issueTracker.issues_url,
  }),
  events: ['push'],
  deliversNothing: LINKS_ONLY,
  probe: ({ project_url }) => reach(project_url),
})
