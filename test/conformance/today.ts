/**
 * The services of today's GitLab that the document does not have, typed out by hand as `document.ts` is: slug, title,
 * parameters, events, and the flags that start off although they usually start on. A parameter is its name, and then
 * `:type` unless it is a line of text (a number is the length it may have), `!` if it is required, `*` if it is secret,
 * `@` if secrets are sent there, and `=` what it starts with.
 */
const PIPELINES =
  'notify_only_broken_pipelines:flag=true notify_only_when_pipeline_status_changes:flag=false branches_to_be_notified=default'
const CHAT = 'push issues confidential_issues merge_requests note confidential_note tag_push pipeline wiki_page'
const WORK = 'work_item confidential_work_item'
const CHANNELS = words(
  'push issue incident alert confidential_issue merge_request note confidential_note tag_push deployment pipeline wiki_page vulnerability',
)
const ON = `commit ${CHAT} alert job`

const table = `
alerts | Alerts endpoint | | |
mock-deployment | Mock deployment | | |
discord | Discord Notifications | webhook:link!* ${PIPELINES} ${CHANNELS.map((name) => `${name}_channel:link*`).join(' ')} | ${CHAT} ${WORK} deployment |
apple-app-store | Apple App Store Connect | app_store_issuer_id! app_store_key_id! app_store_private_key_file_name! app_store_private_key:lines!* app_store_protected_refs:flag=true | |
clickup | ClickUp | project_url:link! issues_url:link! | push |
datadog | Datadog | datadog_site:host@=datadoghq.com api_url:link@ api_key!* datadog_ci_visibility:flag=false archive_trace_events:flag=false datadog_service datadog_env datadog_tags:lines | pipeline build push merge_requests note tag_push subgroup project | pipeline job
diffblue-cover | Diffblue Cover | diffblue_license_key!*@ diffblue_access_token_name! diffblue_access_token_secret!* | |
ewm | EWM | project_url:link! issues_url:link! new_issue_url:link! | push |
git-guardian | GitGuardian | token!* api_url:link@ | |
gitlab-slack-application | GitLab for Slack app | channel ${PIPELINES} labels_to_be_notified labels_to_be_notified_behavior=match_any ${CHANNELS.map((name) => `${name}_channel`).join(' ')} | ${CHAT} deployment incident ${WORK} vulnerability alert | ${ON}
google-cloud-platform-artifact-registry | Google Artifact Management | artifact_registry_project_id! artifact_registry_repositories! artifact_registry_location! | | ${ON} comment
google-cloud-platform-workload-identity-federation | Google Cloud IAM | workload_identity_federation_project_id! workload_identity_federation_project_number! workload_identity_pool_id! workload_identity_pool_provider_id! | | ${ON} comment
google-play | Google Play | package_name! service_account_key_file_name! service_account_key:lines!* google_play_protected_refs:flag=true | |
harbor | Harbor | url:link!@ project_name:255! username! password!* | |
jira-cloud-app | GitLab for Jira Cloud app | jira_cloud_app_service_ids:25600 jira_cloud_app_enable_deployment_gating:flag jira_cloud_app_deployment_gating_environments | |
linear | Linear | workspace_url:link! | push |
matrix | Matrix notifications | hostname:link@ token!*@ room! ${PIPELINES} | ${CHAT} incident ${WORK} vulnerability |
mock-monitoring | Mock monitoring | | |
phorge | Phorge | project_url:link! issues_url:link! | push |
pumble | Pumble | webhook:link!* ${PIPELINES} | ${CHAT} ${WORK} |
squash-tm | Squash TM | url:link!@ token:255* | issues confidential_issues |
telegram | Telegram | hostname:link@ token!*@ room! thread ${PIPELINES} | ${CHAT} incident ${WORK} vulnerability |
zentao | ZenTao | url:link!@ api_url:link@ api_token:255!* zentao_product_xid:255! | |
beyond-identity | Beyond Identity | token!* exclude_service_accounts:flag | |
amazon-q | Amazon Q | role_arn:2048! availability! auto_review_enabled:flag=false | | merge_requests pipeline
shimo | Shimo | external_wiki_url:link! | |
`

type Value = string | boolean

export interface Row {
  name: string
  type: 'text' | 'lines' | 'link' | 'host' | 'flag'
  max: number
  required: boolean
  secret: boolean
  /** Secrets of the service are sent there; the others, if it is one itself. */
  endpoint: boolean
  start: Value | null
  /** Accepted, and returned just like this; not what the service starts with. */
  value: Value
}

/** Values of those that are not free. */
const CHOICES: Record<string, string> = {
  branches_to_be_notified: 'protected',
  labels_to_be_notified_behavior: 'match_all',
}
const LENGTHS = { text: 4096, lines: 65_536, link: 2048, host: 1024, flag: 0 }

export const today = table
  .trim()
  .split('\n')
  .map((line) => {
    const [slug = '', title = '', params = '', events = '', off = ''] = line.split('|').map((part) => part.trim())
    const starts = words(ON).filter((name) => !words(off).includes(name))
    return {
      slug,
      title,
      rows: words(params).map((word) => toRow(slug, word)),
      flags: words(events).map(flagOf),
      /** The flags that are on to begin with. */
      on: [...starts.map(flagOf), ...(words(off).includes('comment') ? [] : ['comment_on_event_enabled'])],
    }
  })

function toRow(slug: string, word: string): Row {
  const [, name = '', kind = 'text', marks = '', start = null] = /^(\w+)(?::(\w+))?([!*@]*)(?:=(.+))?$/.exec(word) ?? []
  const type = (Number(kind) ? 'text' : kind) as Row['type']
  const row = { name, type, start: type === 'flag' && start !== null ? start === 'true' : start }
  const [required, secret, endpoint] = [marks.includes('!'), marks.includes('*'), marks.includes('@')]
  return { ...row, max: Number(kind) || LENGTHS[type], required, secret, endpoint, value: sampleOf(slug, row) }
}

function sampleOf(slug: string, { name, type, start }: Pick<Row, 'name' | 'type' | 'start'>): Value {
  if (type === 'flag') return start !== true
  if (type === 'link') return `https://discord.com/${slug}/${name}`
  if (type === 'host') return `${slug}.example.com`
  return CHOICES[name] ?? (type === 'lines' ? `${name}\n\tof "${slug}"\r\n` : `${name} of ${slug}`)
}

function flagOf(event: string): string {
  return `${event}_events`
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '')
}
