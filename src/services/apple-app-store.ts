import { flag, lines, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const appleAppStore = defineService({
  slug: 'apple-app-store',
  kind: 'packages',
  title: 'Apple App Store Connect',
  description: 'Provides CI/CD jobs with credentials to publish to the App Store.',
  params: () => ({
    app_store_issuer_id: text('Issuer ID of the key: a lower-case UUID').meta({ title: 'Issuer ID' }),
    app_store_key_id: text('Key ID: upper-case letters and digits').meta({ title: 'Key ID' }),
    app_store_private_key_file_name: text('File name of the private key').meta({ title: 'Private key file name' }),
    app_store_private_key: secret(lines('Private key in PEM format').meta({ title: 'Private key' })),
    app_store_protected_refs: flag('Provide the credentials on protected branches and tags only')
      .meta({ title: 'Protected branches and tags only' })
      .default(true),
  }),
  events: [],
  deliversNothing: 'The App Store is not notified of events: the service provides variables for CI/CD jobs.',
})
