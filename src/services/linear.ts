import { link } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const linear = defineService({
  slug: 'linear',
  kind: 'issues',
  title: 'Linear',
  description: 'Links issue references of the project to Linear.',
  params: {
    workspace_url: link('URL of the workspace, e.g. https://linear.app/example. Its name has 3 to 32 characters'),
  },
  events: ['push'],
})
