import { link } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const shimo = defineService({
  slug: 'shimo',
  title: 'Shimo',
  description: 'Opens a Shimo workspace in place of the built-in wiki.',
  deprecated: 'GitLab removed the service in 16.7.',
  params: {
    external_wiki_url: link('Address of the workspace'),
  },
  events: [],
})
