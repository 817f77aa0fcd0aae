import { flag, keyFile, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const googlePlay = defineService({
  slug: 'google-play',
  kind: 'packages',
  title: 'Google Play',
  description: 'Provides CI/CD jobs with credentials to publish to Google Play.',
  params: () => ({
    package_name: text('Package name of the app, e.g. com.example.app. It has 2 to 21 parts'),
    service_account_key_file_name: text('File name of the service account key'),
    service_account_key: secret(keyFile('Service account key in JSON format')),
    google_play_protected_refs: flag('Provide the credentials on protected branches and tags only')
      .meta({ title: 'Protected branches and tags only' })
      .default(true),
  }),
  events: [],
  deliversNothing: 'Google Play is not notified of events: the service provides variables for CI/CD jobs.',
})
