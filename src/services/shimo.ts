import { link } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const shimo = defineService({
  slug: 'shimo',
  kind: 'documents',
  title: 'Shimo',
  description: 'Replaces the link to the built-in wiki with a link to a Shimo workspace.',
  deprecated: 'GitLab removed the service in 16.7.',
  params: () => ({
    external_wiki_url: link('URL of the workspace').meta({ title: 'Workspace URL' }),
  }),
  events: [],
  deliversNothing: 'The service is a link to a wiki.',
})
