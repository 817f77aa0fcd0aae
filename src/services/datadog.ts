import { asEndpoint, domain, endpoint, flag, lines, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const datadog = defineService({
  slug: 'datadog',
  title: 'Datadog',
  description: 'Sends pipelines and other project events to Datadog.',
  params: {
    datadog_site: asEndpoint(domain('Host of the Datadog site that the account is on')).default('datadoghq.com'),
    api_url: endpoint('Address of the Datadog API, in place of the one of `datadog_site`').optional(),
    api_key: secret(text('Datadog API key: letters, digits and underscores')),
    datadog_ci_visibility: flag(
      'Send pipelines and jobs to CI Visibility: `pipeline_events` and `job_events` follow it',
    ).default(false),
    archive_trace_events: flag('Keep the logs of jobs in Datadog; needs `datadog_ci_visibility`').default(false),
    datadog_service: text('Service that the data is filed under').optional(),
    datadog_env: text('Environment that the data is filed under').optional(),
    datadog_tags: lines('Tags for all data, each on a line of its own, e.g. team:backend').optional(),
  },
  events: ['pipeline', 'build', 'push', 'merge_requests', 'note', 'tag_push', 'subgroup', 'project'],
  flagsFollowing: { pipeline_events: 'datadog_ci_visibility', job_events: 'datadog_ci_visibility' },
})
