import { endpoint, flag, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { basic, joinUrl, withQuery } from '../schema/step.ts'

export const bamboo = defineService({
  slug: 'bamboo',
  kind: 'ci',
  title: 'Atlassian Bamboo CI',
  description: 'Triggers a Bamboo build plan on each push.',
  params: {
    bamboo_url: endpoint('URL of the Bamboo server, e.g. https://bamboo.example.com'),
    build_key: secret(text('Key of the build plan, e.g. PROJECT-PLAN')),
    username: text('Bamboo user who triggers the builds'),
    password: secret(text('Password of the Bamboo user')),
    enable_ssl_verification: flag('Verify the TLS certificate of the server')
      .meta({ title: 'SSL verification' })
      .default(true),
  },
  events: ['push'],
  deliver: {
    *push(_, { bamboo_url, build_key, username, password }) {
      const url = joinUrl(bamboo_url, 'updateAndBuild.action')
      yield {
        method: 'GET',
        url: withQuery(url, { buildKey: build_key, os_authType: 'basic' }),
        ...basic(username, password),
        repeatable: false,
      }
    },
  },
})
