import { asEndpoint, domain, endpoint, flag, lines, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const datadog = defineService({
  slug: 'datadog',
  kind: 'monitoring',
  title: 'Datadog',
  description: 'Sends CI/CD pipelines and other project events to Datadog.',
  params: {
    datadog_site: asEndpoint(domain('Host name of the Datadog site of the account')).default('datadoghq.com'),
    api_url: endpoint('URL of the Datadog API. Overrides the Datadog site').optional(),
    api_key: secret(text('Datadog API key: letters, digits and underscores')),
    datadog_ci_visibility: flag('Send pipelines and jobs to CI Visibility. Switches their events on and off')
      .meta({ title: 'CI Visibility' })
      .default(false),
    archive_trace_events: flag('Send job logs to Datadog. Requires CI Visibility')
      .meta({ title: 'Job logs' })
      .default(false),
    datadog_service: text('Value of the service tag of all data').meta({ title: 'Service' }).optional(),
    datadog_env: text('Value of the env tag of all data').meta({ title: 'Environment' }).optional(),
    datadog_tags: lines('Tags of all data, one per line, e.g. team:backend').meta({ title: 'Tags' }).optional(),
  },
  events: ['pipeline', 'build', 'push', 'merge_requests', 'note', 'tag_push', 'subgroup', 'project'],
  flagsFollowing: { pipeline_events: 'datadog_ci_visibility', job_events: 'datadog_ci_visibility' },
})
