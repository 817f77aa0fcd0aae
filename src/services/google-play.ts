import { flag, keyFile, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const googlePlay = defineService({
  slug: 'google-play',
  title: 'Google Play',
  description: 'Lets pipelines publish to Google Play.',
  params: {
    package_name: text('Name of the app’s package, e.g. com.example.app; 2 to 21 parts'),
    service_account_key_file_name: text('Name of the key file'),
    service_account_key: secret(keyFile('Content of the service account’s key file, in JSON')),
    google_play_protected_refs: flag('Serve protected branches and tags only').default(true),
  },
  events: [],
})
