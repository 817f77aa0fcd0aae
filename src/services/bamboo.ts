import { endpoint, flag, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const bamboo = defineService({
  slug: 'bamboo',
  title: 'Atlassian Bamboo CI',
  description: 'Starts a Bamboo build plan when commits are pushed.',
  params: {
    bamboo_url: endpoint('Address of the Bamboo server, e.g. https://bamboo.example.com'),
    build_key: secret(text('Key of the build plan, e.g. PROJECT-PLAN')),
    username: text('Bamboo user who starts the builds'),
    password: secret(text('Password of that user')),
    enable_ssl_verification: flag('Verify the certificate of the server').default(true),
  },
  events: ['push'],
})
