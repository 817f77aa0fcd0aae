import { defineService } from '../schema/service.ts'
import { issueTracker, LINKS_ONLY, reach, trackerDescription } from './groups.ts'

export const redmine = defineService({
  slug: 'redmine',
  kind: 'issues',
  title: 'Redmine',
  description: 'Links issue references of the project to Redmine.',
  params: () => ({
    ...issueTracker,
    description: trackerDescription(),
  }),
  events: ['push'],
  deliversNothing: LINKS_ONLY,
  probe: ({ project_url }) => reach(project_url),
})
