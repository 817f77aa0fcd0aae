import { link } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { reach } from './groups.ts'

export const externalWiki = defineService({
  slug: 'external-wiki',
  kind: 'documents',
  title: 'External Wiki',
  description: 'Replaces the link to the built-in wiki with a link to another wiki.',
  params: () => ({
    external_wiki_url: link('URL of the wiki'),
  }),
  events: [],
  deliversNothing: 'The service is a link to a wiki. A test requests its URL.',
  probe: ({ external_wiki_url }) => reach(external_wiki_url),
})
