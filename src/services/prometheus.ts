import { endpoint, keyFile, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const prometheus = defineService({
  slug: 'prometheus',
  kind: 'monitoring',
  title: 'Prometheus',
  description: 'Reads metrics of deployments from a Prometheus server.',
  deprecated: 'GitLab removed metrics in 16.0, and the service later.',
  params: () => ({
    api_url: endpoint('URL of the Prometheus server, e.g. https://prometheus.example.com/'),
    google_iap_audience_client_id: text('OAuth client ID of the Identity-Aware Proxy of the server').optional(),
    google_iap_service_account_json: secret(
      keyFile('Service account key for the Identity-Aware Proxy, in JSON format'),
    ).optional(),
  }),
  events: [],
  deliversNothing: 'Prometheus is only read.',
})
