import { link, rule } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const confluence = defineService({
  slug: 'confluence',
  kind: 'documents',
  title: 'Confluence Workspace',
  description: 'Replaces the link to the built-in wiki with a link to a Confluence Cloud workspace.',
  params: () => ({
    confluence_url: rule(
      link('URL of the workspace, e.g. https://example.atlassian.net/wiki'),
      isWorkspace,
      'must lead to Confluence Cloud: a host that ends in .atlassian.net, a path that starts with /wiki',
    ).meta({ pattern: '^https?://[^/?#@\\s]+\\.atlassian\\.net(:[0-9]+)?/wiki' }),
  }),
  events: [],
  deliversNothing: 'The service is a link to a wiki.',
})

function isWorkspace(address: string): boolean {
  const url = URL.parse(address)
  return url !== null && /[^.]\.atlassian\.net$/.test(url.hostname) && url.pathname.startsWith('/wiki')
}
