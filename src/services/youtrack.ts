import { defineService } from '../schema/service.ts'
import { issueTracker, LINKS_ONLY, reach, trackerDescription } from './groups.ts'

export const youtrack = defineService({
  slug: 'youtrack',
  kind: 'issues',
  title: 'YouTrack',
  description: 'Links issue references of the project to YouTrack.',
  params: () => ({
    issues_url: issueTracker.issues_url,
    project_url: issueTracker.project_url,
    description: trackerDescription(),
  }),
  events: ['push'],
  deliversNothing: LINKS_ONLY,
  probe: ({ project_url }) => reach(project_url),
})
