import { link } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const linear = defineService({
  slug: 'linear',
  title: 'Linear',
  description: 'Points the issue links of the project to Linear.',
  params: {
    workspace_url: link('Address of the workspace: https://linear.app/ and its name of 3 to 32 characters'),
  },
  events: ['push'],
})
