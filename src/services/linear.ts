import { link } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { LINKS_ONLY, reach } from './groups.ts'

export const linear = defineService({
  slug: 'linear',
  kind: 'issues',
  title: 'Linear',
  description: 'Links issue references of the project to Linear.',
  params: () => ({
    workspace_url: link('URL of the workspace, e.g. https://linear.app/example. Its name has 3 to 32 characters'),
  }),
  events: ['push'],
  deliversNothing: LINKS_ONLY,
  probe: ({ workspace_url }) => reach(workspace_url),
})
