import { secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const asana = defineService({
  slug: 'asana',
  title: 'Asana',
  description: 'Comments on the Asana tasks that commit messages mention, and closes those that they fix.',
  params: {
    api_key: secret(text('Access token of the Asana user who writes the comments')),
    restrict_to_branch: text('Branches whose commits count, separated by commas; all of them if empty').optional(),
  },
  events: ['push'],
})
