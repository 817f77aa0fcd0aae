import type { DeliveryContext } from '../schema/context.ts'
import { asEndpoint, domain, endpoint, flag, lines, secret, text } from '../schema/field.ts'
import { hook } from '../schema/hook.ts'
import { headerOf, type Occurrence } from '../schema/payload.ts'
import { defineService } from '../schema/service.ts'
import { type Steps, withQuery } from '../schema/step.ts'

export const datadog = defineService({
  slug: 'datadog',
  kind: 'monitoring',
  title: 'Datadog',
  description: 'Sends CI/CD pipelines and other project events to Datadog.',
  params: () => ({
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
  }),
  events: ['pipeline', 'build', 'push', 'merge_requests', 'note', 'tag_push', 'subgroup', 'project'],
  flagsFollowing: { pipeline_events: 'datadog_ci_visibility', job_events: 'datadog_ci_visibility' },
  deliver: {
    push: forward,
    tag_push: forward,
    merge_request: forward,
    note: forward,
    subgroup: forward,
    project: forward,
    pipeline: forwardRun,
    build: forwardRun,
    *archive_trace(event, params, context) {
      if (!params.archive_trace_events) return 'archive_trace_events is off'
      return yield* forwardRun(event, params, context)
    },
  },
  subscriptions: { archive_trace: 'always' },
})

interface Intake {
  datadog_site: string
  api_url: string | null
  api_key: string
  datadog_ci_visibility: boolean
  datadog_service: string | null
  datadog_env: string | null
  datadog_tags: string | null
}

function* forwardRun(event: Occurrence, params: Intake, context: DeliveryContext): Steps {
  if (!params.datadog_ci_visibility) return 'datadog_ci_visibility is off'
  yield* forward(event, params, context)
}

function* forward(event: Occurrence, params: Intake, context: DeliveryContext) {
  const { datadog_site: site, api_url, api_key, datadog_env, datadog_service, datadog_tags } = params
  const intake = api_url?.split('?', 1)[0] ?? `https://webhook-intake.${site.replace(/^app\./, '')}/api/v2/webhook`
  const query = {
    'dd-api-key': api_key,
    ...(datadog_env && { env: datadog_env }),
    ...(datadog_service && { service: datadog_service }),
    ...(datadog_tags && { tags: joinTags(datadog_tags) }),
  }
  yield hook(withQuery(intake, query), event, context, { event: headerOf(event.kind), repeatable: true })
}

/** Joins the lines by commas; a tag that holds one is put into quotation marks. */
function joinTags(tagged: string): string {
  const tags = tagged
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return tags.map((tag) => (tag.includes(',') ? `"${tag}"` : tag)).join(',')
}
