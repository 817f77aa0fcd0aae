import { link } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const externalWiki = defineService({
  slug: 'external-wiki',
  title: 'External Wiki',
  description: 'Opens another wiki in place of the built-in one.',
  params: {
    external_wiki_url: link('Address of the wiki'),
  },
  events: [],
})
