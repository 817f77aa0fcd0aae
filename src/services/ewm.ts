import { defineService } from '../schema/service.ts'
import { issueTracker, LINKS_ONLY, reach } from './groups.ts'

export const ewm = defineService({
  slug: 'ewm',
  kind: 'issues',
  title: 'EWM',
  description: 'Links issue references of the project to IBM Engineering Workflow Management.',
  params: () => issueTracker,
  events: ['push'],
  deliversNothing: LINKS_ONLY,
  probe: ({ project_url }) => reach(project_url),
})
