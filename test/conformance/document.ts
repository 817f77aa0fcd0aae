/**
 * The parameters of the document, in its order, with type and required as docs/rules.md#document corrects
 * them. Typed out by hand, so that the declarations in `src` have something to be held against: nothing of `src` is imported here.
 */
export interface Row {
  name: string
  type: 'string' | 'boolean' | 'integer'
  required: boolean
  /** Accepted, and returned just like this. Where the row is optional, not what the service starts with. */
  value: string | number | boolean
  /** Places in responses that carry it. */
  place: 'properties' | 'top' | 'hidden'
  /** The name that responses give it. */
  returnedAs: string
  /** Secrets of the service are sent there. */
  endpoint: boolean
}

export interface DocumentedService {
  slug: string
  title: string
  rows: readonly Row[]
}

type Column = [
  name: string,
  type: Row['type'],
  required: boolean,
  value: Row['value'],
  extra?: Partial<Pick<Row, 'place' | 'returnedAs' | 'endpoint'>>,
]

const TOP = { place: 'top' } as const
const HIDDEN = { place: 'hidden' } as const
const ENDPOINT = { endpoint: true } as const

function service(slug: string, title: string, columns: readonly Column[]): DocumentedService {
  const rows = columns.map(([name, type, required, value, extra]): Row => {
    return { name, type, required, value, place: 'properties', returnedAs: name, endpoint: false, ...extra }
  })
  return { slug, title, rows }
}

export const document: readonly DocumentedService[] = [
  service('asana', 'Asana', [
    ['api_key', 'string', true, 'key-of-asana', HIDDEN],
    ['restrict_to_branch', 'string', false, 'main,release'],
    ['push_events', 'boolean', false, false, TOP],
  ]),
  service('assembla', 'Assembla', [
    ['token', 'string', true, 'token-of-assembla', HIDDEN],
    ['subdomain', 'string', false, 'example', ENDPOINT],
    ['push_events', 'boolean', false, false, TOP],
  ]),
  service('bamboo', 'Atlassian Bamboo CI', [
    ['bamboo_url', 'string', true, 'https://bamboo.example.com/ci', ENDPOINT],
    ['build_key', 'string', true, 'key-of-bamboo', HIDDEN],
    ['username', 'string', true, 'builder'],
    ['password', 'string', true, 'password-of-bamboo', HIDDEN],
    ['push_events', 'boolean', false, false, TOP],
  ]),
  service('bugzilla', 'Bugzilla', [
    ['new_issue_url', 'string', true, 'https://bugzilla.example.com/enter_bug.cgi'],
    ['issues_url', 'string', true, 'https://bugzilla.example.com/show_bug.cgi?id=:id'],
    ['project_url', 'string', true, 'https://bugzilla.example.com/describe'],
    ['description', 'string', false, 'Bugs of the example'],
    ['title', 'string', false, 'Our bugs'],
    ['push_events', 'boolean', false, false, TOP],
  ]),
  service('buildkite', 'Buildkite', [
    ['token', 'string', true, 'token-of-buildkite', HIDDEN],
    ['project_url', 'string', true, 'https://buildkite.com/example/project', ENDPOINT],
    ['enable_ssl_verification', 'boolean', false, true],
    ['push_events', 'boolean', false, false, TOP],
  ]),
  service('campfire', 'Campfire', [
    ['token', 'string', true, 'token-of-campfire', HIDDEN],
    ['subdomain', 'string', false, 'example', ENDPOINT],
    ['room', 'string', false, '123456'],
    ['push_events', 'boolean', false, false, TOP],
  ]),
  service('unify-circuit', 'Unify Circuit', [
    ['webhook', 'string', true, 'https://circuit.com/rest/v2/webhooks/incoming/1f2e', HIDDEN],
    ['notify_only_broken_pipelines', 'boolean', false, false],
    ['branches_to_be_notified', 'string', false, 'protected'],
    ['push_events', 'boolean', false, false, TOP],
    ['issues_events', 'boolean', false, false, TOP],
    ['confidential_issues_events', 'boolean', false, false, TOP],
    ['merge_requests_events', 'boolean', false, false, TOP],
    ['tag_push_events', 'boolean', false, false, TOP],
    ['note_events', 'boolean', false, false, TOP],
    ['confidential_note_events', 'boolean', false, false, TOP],
    ['pipeline_events', 'boolean', false, false, TOP],
    ['wiki_page_events', 'boolean', false, false, TOP],
  ]),
  service('webex-teams', 'Webex Teams', [
    ['webhook', 'string', true, 'https://api.ciscospark.com/v1/webhooks/incoming/1f2e', HIDDEN],
    ['notify_only_broken_pipelines', 'boolean', false, false],
    ['branches_to_be_notified', 'string', false, 'protected'],
    ['push_events', 'boolean', false, false, TOP],
    ['issues_events', 'boolean', false, false, TOP],
    ['confidential_issues_events', 'boolean', false, false, TOP],
    ['merge_requests_events', 'boolean', false, false, TOP],
    ['tag_push_events', 'boolean', false, false, TOP],
    ['note_events', 'boolean', false, false, TOP],
    ['confidential_note_events', 'boolean', false, false, TOP],
    ['pipeline_events', 'boolean', false, false, TOP],
    ['wiki_page_events', 'boolean', false, false, TOP],
  ]),
  service('custom-issue-tracker', 'Custom Issue Tracker', [
    ['new_issue_url', 'string', true, 'https://tracker.example.com/new'],
    ['issues_url', 'string', true, 'https://tracker.example.com/issues/:id'],
    ['project_url', 'string', true, 'https://tracker.example.com/project'],
    ['description', 'string', false, 'Issues of the example'],
    ['title', 'string', false, 'Our tracker'],
    ['push_events', 'boolean', false, false, TOP],
  ]),
  service('drone-ci', 'Drone CI', [
    ['token', 'string', true, 'token-of-drone', HIDDEN],
    ['drone_url', 'string', true, 'http://drone.example.com', ENDPOINT],
    ['enable_ssl_verification', 'boolean', false, true],
    ['push_events', 'boolean', false, false, TOP],
    ['merge_requests_events', 'boolean', false, false, TOP],
    ['tag_push_events', 'boolean', false, false, TOP],
  ]),
  service('emails-on-push', 'Emails on push', [
    ['recipients', 'string', true, 'one@example.com two@example.com'],
    ['disable_diffs', 'boolean', false, true],
    ['send_from_committer_email', 'boolean', false, true],
    ['push_events', 'boolean', false, false, TOP],
    ['tag_push_events', 'boolean', false, false, TOP],
    ['branches_to_be_notified', 'string', false, 'default_and_protected'],
  ]),
  service('confluence', 'Confluence Workspace', [
    ['confluence_url', 'string', true, 'https://example.atlassian.net/wiki'],
  ]),
  service('external-wiki', 'External Wiki', [
    ['external_wiki_url', 'string', true, 'https://wiki.example.com/example'],
  ]),
  service('flowdock', 'Flowdock', [
    ['token', 'string', true, 'token-of-flowdock', HIDDEN],
    ['push_events', 'boolean', false, false, TOP],
  ]),
  service('github', 'GitHub', [
    ['token', 'string', true, 'token-of-github', HIDDEN],
    ['repository_url', 'string', true, 'https://github.com/example/project', ENDPOINT],
    ['static_context', 'boolean', false, false],
  ]),
  service('hangouts-chat', 'Hangouts Chat', [
    ['webhook', 'string', true, 'https://chat.googleapis.com/v1/spaces/1f2e', HIDDEN],
    ['notify_only_broken_pipelines', 'boolean', false, false],
    ['notify_only_default_branch', 'boolean', false, false],
    ['branches_to_be_notified', 'string', false, 'protected'],
    ['push_events', 'boolean', false, false, TOP],
    ['issues_events', 'boolean', false, false, TOP],
    ['confidential_issues_events', 'boolean', false, false, TOP],
    ['merge_requests_events', 'boolean', false, false, TOP],
    ['tag_push_events', 'boolean', false, false, TOP],
    ['note_events', 'boolean', false, false, TOP],
    ['confidential_note_events', 'boolean', false, false, TOP],
    ['pipeline_events', 'boolean', false, false, TOP],
    ['wiki_page_events', 'boolean', false, false, TOP],
  ]),
  service('hipchat', 'HipChat', [
    ['token', 'string', true, 'token-of-hipchat', HIDDEN],
    ['color', 'string', false, 'green'],
    ['notify', 'boolean', false, true],
    ['room', 'string', false, 'Deployments'],
    ['api_version', 'string', false, 'v2'],
    ['server', 'string', false, 'https://hipchat.example.com', ENDPOINT],
    ['push_events', 'boolean', false, false, TOP],
    ['issues_events', 'boolean', false, false, TOP],
    ['confidential_issues_events', 'boolean', false, false, TOP],
    ['merge_requests_events', 'boolean', false, false, TOP],
    ['tag_push_events', 'boolean', false, false, TOP],
    ['note_events', 'boolean', false, false, TOP],
    ['confidental_note_events', 'boolean', false, false, { ...TOP, returnedAs: 'confidential_note_events' }],
    ['pipeline_events', 'boolean', false, false, TOP],
  ]),
  service('irker', 'Irker (IRC gateway)', [
    ['recipients', 'string', true, 'irc://irc.example.net/#project'],
    ['default_irc_uri', 'string', false, 'irc://irc.example.net:6697/'],
    ['server_host', 'string', false, 'irker.example.com'],
    ['server_port', 'integer', false, 6660],
    ['colorize_messages', 'boolean', false, true],
    ['push_events', 'boolean', false, false, TOP],
  ]),
  service('jira', 'Jira', [
    ['url', 'string', true, 'https://jira.example.com', ENDPOINT],
    ['api_url', 'string', false, 'https://jira-api.example.com', ENDPOINT],
    ['username', 'string', true, 'gitlab'],
    ['password', 'string', true, 'password-of-jira', HIDDEN],
    ['active', 'boolean', false, false, TOP],
    ['jira_issue_transition_id', 'string', false, '2'],
    ['commit_events', 'boolean', false, false, TOP],
    ['merge_requests_events', 'boolean', false, false, TOP],
    ['comment_on_event_enabled', 'boolean', false, false, TOP],
  ]),
  service('slack-slash-commands', 'Slack slash commands', [
    ['token', 'string', true, 'token-of-slack-commands', HIDDEN],
  ]),
  service('mattermost-slash-commands', 'Mattermost slash commands', [
    ['token', 'string', true, 'token-of-mattermost-commands', HIDDEN],
    ['username', 'string', false, 'robot'],
  ]),
  service('packagist', 'Packagist', [
    ['username', 'string', true, 'maintainer'],
    ['token', 'string', true, 'token-of-packagist', HIDDEN],
    ['server', 'string', false, 'https://packagist.example.com', ENDPOINT],
    ['push_events', 'boolean', false, false, TOP],
    ['merge_requests_events', 'boolean', false, false, TOP],
    ['tag_push_events', 'boolean', false, false, TOP],
  ]),
  service('pipelines-email', 'Pipelines emails', [
    ['recipients', 'string', true, 'one@example.com,two@example.com'],
    ['add_pusher', 'boolean', false, true],
    ['notify_only_broken_pipelines', 'boolean', false, false],
    ['branches_to_be_notified', 'string', false, 'protected'],
    ['notify_only_default_branch', 'boolean', false, false],
    ['pipeline_events', 'boolean', false, false, TOP],
  ]),
  service('pivotaltracker', 'PivotalTracker', [
    ['token', 'string', true, 'token-of-pivotal', HIDDEN],
    ['restrict_to_branch', 'string', false, 'main,release'],
    ['push_events', 'boolean', false, false, TOP],
  ]),
  service('prometheus', 'Prometheus', [
    ['api_url', 'string', true, 'http://prometheus.example.com/', ENDPOINT],
    ['google_iap_audience_client_id', 'string', false, 'client.apps.googleusercontent.com'],
    ['google_iap_service_account_json', 'string', false, '{\n  "type": "service_account"\n}', HIDDEN],
  ]),
  service('pushover', 'Pushover', [
    ['api_key', 'string', true, 'key-of-pushover', HIDDEN],
    ['user_key', 'string', true, 'user-of-pushover', HIDDEN],
    ['priority', 'string', true, '1'],
    ['device', 'string', false, 'phone'],
    ['sound', 'string', false, 'bike'],
    ['push_events', 'boolean', false, false, TOP],
  ]),
  service('redmine', 'Redmine', [
    ['new_issue_url', 'string', true, 'https://redmine.example.com/issues/new'],
    ['project_url', 'string', true, 'https://redmine.example.com/projects/example'],
    ['issues_url', 'string', true, 'https://redmine.example.com/issues/:id'],
    ['description', 'string', false, 'Issues of the example'],
    ['push_events', 'boolean', false, false, TOP],
  ]),
  service('slack', 'Slack notifications', [
    ['webhook', 'string', true, 'https://hooks.slack.com/services/T0/B0/1f2e', HIDDEN],
    ['username', 'string', false, 'robot'],
    ['channel', 'string', false, 'general'],
    ['notify_only_broken_pipelines', 'boolean', false, false],
    ['notify_only_default_branch', 'boolean', false, false],
    ['branches_to_be_notified', 'string', false, 'protected'],
    ['commit_events', 'boolean', false, false, TOP],
    ['confidential_issue_channel', 'string', false, 'confidential-issues'],
    ['confidential_issues_events', 'boolean', false, false, TOP],
    ['confidential_note_channel', 'string', false, 'confidential-notes'],
    ['confidential_note_events', 'boolean', false, false, TOP],
    ['deployment_channel', 'string', false, 'deployments'],
    ['deployment_events', 'boolean', false, true, TOP],
    ['issue_channel', 'string', false, 'issues'],
    ['issues_events', 'boolean', false, false, TOP],
    ['job_events', 'boolean', false, false, TOP],
    ['merge_request_channel', 'string', false, 'merge-requests'],
    ['merge_requests_events', 'boolean', false, false, TOP],
    ['note_channel', 'string', false, 'notes'],
    ['note_events', 'boolean', false, false, TOP],
    ['pipeline_channel', 'string', false, 'pipelines'],
    ['pipeline_events', 'boolean', false, false, TOP],
    ['push_channel', 'string', false, 'pushes'],
    ['push_events', 'boolean', false, false, TOP],
    ['tag_push_channel', 'string', false, 'tags'],
    ['tag_push_events', 'boolean', false, false, TOP],
    ['wiki_page_channel', 'string', false, 'wiki'],
    ['wiki_page_events', 'boolean', false, false, TOP],
  ]),
  service('microsoft-teams', 'Microsoft Teams Notification', [
    ['webhook', 'string', true, 'https://outlook.office.com/webhook/1f2e', HIDDEN],
    ['notify_only_broken_pipelines', 'boolean', false, false],
    ['notify_only_default_branch', 'boolean', false, false],
    ['branches_to_be_notified', 'string', false, 'protected'],
    ['push_events', 'boolean', false, false, TOP],
    ['issues_events', 'boolean', false, false, TOP],
    ['confidential_issues_events', 'boolean', false, false, TOP],
    ['merge_requests_events', 'boolean', false, false, TOP],
    ['tag_push_events', 'boolean', false, false, TOP],
    ['note_events', 'boolean', false, false, TOP],
    ['confidential_note_events', 'boolean', false, false, TOP],
    ['pipeline_events', 'boolean', false, false, TOP],
    ['wiki_page_events', 'boolean', false, false, TOP],
  ]),
  service('mattermost', 'Mattermost notifications', [
    ['webhook', 'string', true, 'http://mattermost.example.com/hooks/1f2e', HIDDEN],
    ['username', 'string', false, 'robot'],
    ['channel', 'string', false, 'general'],
    ['notify_only_broken_pipelines', 'boolean', false, false],
    ['notify_only_default_branch', 'boolean', false, false],
    ['branches_to_be_notified', 'string', false, 'protected'],
    ['push_events', 'boolean', false, false, TOP],
    ['issues_events', 'boolean', false, false, TOP],
    ['confidential_issues_events', 'boolean', false, false, TOP],
    ['merge_requests_events', 'boolean', false, false, TOP],
    ['tag_push_events', 'boolean', false, false, TOP],
    ['note_events', 'boolean', false, false, TOP],
    ['confidential_note_events', 'boolean', false, false, TOP],
    ['pipeline_events', 'boolean', false, false, TOP],
    ['wiki_page_events', 'boolean', false, false, TOP],
    ['push_channel', 'string', false, 'pushes'],
    ['issue_channel', 'string', false, 'issues'],
    ['confidential_issue_channel', 'string', false, 'confidential-issues'],
    ['merge_request_channel', 'string', false, 'merge-requests'],
    ['note_channel', 'string', false, 'notes'],
    ['confidential_note_channel', 'string', false, 'confidential-notes'],
    ['tag_push_channel', 'string', false, 'tags'],
    ['pipeline_channel', 'string', false, 'pipelines'],
    ['wiki_page_channel', 'string', false, 'wiki'],
  ]),
  service('teamcity', 'JetBrains TeamCity CI', [
    ['teamcity_url', 'string', true, 'https://teamcity.example.com', ENDPOINT],
    ['build_type', 'string', true, 'Example_Build'],
    ['username', 'string', true, 'builder'],
    ['password', 'string', true, 'password-of-teamcity', HIDDEN],
    ['push_events', 'boolean', false, false, TOP],
  ]),
  service('jenkins', 'Jenkins CI', [
    ['jenkins_url', 'string', true, 'http://jenkins.example.com', ENDPOINT],
    ['project_name', 'string', true, 'my_project_name'],
    ['username', 'string', false, 'builder'],
    ['password', 'string', false, 'password-of-jenkins', HIDDEN],
  ]),
  service('jenkins-deprecated', 'Jenkins CI (Deprecated)', [
    ['project_url', 'string', true, 'http://jenkins.example.com/job/my-project/'],
    ['multiproject_enabled', 'boolean', false, true],
    ['pass_unstable', 'boolean', false, true],
  ]),
  service('mock-ci', 'MockCI', [['mock_service_url', 'string', true, 'http://localhost:4004']]),
  service('youtrack', 'YouTrack', [
    ['issues_url', 'string', true, 'https://youtrack.example.com/issue/:id'],
    ['project_url', 'string', true, 'https://youtrack.example.com/projects/example'],
    ['description', 'string', false, 'Issues of the example'],
    ['push_events', 'boolean', false, false, TOP],
  ]),
]
