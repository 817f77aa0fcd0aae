import { asEndpoint, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const diffblueCover = defineService({
  slug: 'diffblue-cover',
  kind: 'ci',
  title: 'Diffblue Cover',
  description: 'Writes Java unit tests with Diffblue Cover in CI/CD pipelines.',
  params: () => ({
    diffblue_license_key: asEndpoint(secret(text('License key of Diffblue Cover').meta({ title: 'License key' }))),
    diffblue_access_token_name: text('Name of the access token that pushes the tests').meta({
      title: 'Access token name',
    }),
    diffblue_access_token_secret: secret(text('Access token that pushes the tests').meta({ title: 'Access token' })),
  }),
  events: [],
  deliversNothing: 'Diffblue Cover is not notified of events: the service provides variables for CI/CD jobs.',
})
