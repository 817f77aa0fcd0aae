import { asEndpoint, labels, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { withQuery } from '../schema/step.ts'

export const assembla = defineService({
  slug: 'assembla',
  kind: 'issues',
  title: 'Assembla',
  description: 'Sends pushed commits to an Assembla space.',
  params: () => ({
    token: secret(text('Authentication token of the Assembla space')),
    subdomain: asEndpoint(labels('Subdomain of the Assembla account')).optional(),
  }),
  events: ['push'],
  deliver: {
    *push({ text: event }, { token, subdomain }) {
      if (!subdomain) return 'subdomain is not set'
      const url = `https://atlas.assembla.com/spaces/${encodeURIComponent(subdomain)}/github_tool`
      yield {
        method: 'POST',
        url: withQuery(url, { secret_key: token }),
        headers: { 'Content-Type': 'application/json' },
        body: `{"payload":${event}}`,
      }
    },
  },
})
