import { flag, lines, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const appleAppStore = defineService({
  slug: 'apple-app-store',
  title: 'Apple App Store Connect',
  description: 'Lets pipelines publish to the App Store through App Store Connect.',
  params: {
    app_store_issuer_id: text('Issuer of the key: a UUID in lower case'),
    app_store_key_id: text('ID of the key: capital letters and digits'),
    app_store_private_key_file_name: text('Name of the key file'),
    app_store_private_key: secret(lines('Content of the key file, in PEM')),
    app_store_protected_refs: flag('Serve protected branches and tags only').default(true),
  },
  events: [],
})
