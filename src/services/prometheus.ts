import { endpoint, keyFile, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const prometheus = defineService({
  slug: 'prometheus',
  title: 'Prometheus',
  description: 'Reads metrics of the deployed project from a Prometheus server.',
  deprecated: 'GitLab gave up its own metrics pages in 16.0, and removed the service after that.',
  params: {
    api_url: endpoint('Address of the Prometheus server, e.g. https://prometheus.example.com/'),
    google_iap_audience_client_id: text('OAuth client of the Google proxy (IAP) before the server').optional(),
    google_iap_service_account_json: secret(
      keyFile('Key file of the service account that the proxy lets in'),
    ).optional(),
  },
  events: [],
})
