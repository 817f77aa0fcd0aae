import { asEndpoint, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const diffblueCover = defineService({
  slug: 'diffblue-cover',
  title: 'Diffblue Cover',
  description: 'Lets pipelines write Java unit tests with Diffblue Cover.',
  params: {
    diffblue_license_key: asEndpoint(secret(text('License key of Diffblue Cover'))),
    diffblue_access_token_name: text('Name of the access token that the tests are pushed with'),
    diffblue_access_token_secret: secret(text('That access token')),
  },
  events: [],
})
