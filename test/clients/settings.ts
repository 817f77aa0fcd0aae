type Settings = Readonly<Record<string, unknown>>

const tracker = {
  project_url: 'https://bugs.example.com/projects/1',
  issues_url: 'https://bugs.example.com/issues/:id',
  new_issue_url: 'https://bugs.example.com/issues/new',
}
const webhook = { webhook: 'https://hooks.example.com/services/1' }
const people = { recipients: 'one@example.com two@example.com' }
const account = { username: 'patchbay', password: 'correct horse' }

/** Required parameters of each service that some client knows. */
export const required: Readonly<Record<string, Settings>> = {
  asana: { api_key: '1/abc' },
  assembla: { token: 'abc' },
  bamboo: { bamboo_url: 'https://bamboo.example.com', build_key: 'PLAN', ...account },
  bugzilla: tracker,
  buildkite: { token: 'abc', project_url: 'https://buildkite.com/acme/demo' },
  campfire: { token: 'abc' },
  circuit: webhook,
  'custom-issue-tracker': tracker,
  'drone-ci': { token: 'abc', drone_url: 'https://drone.example.com' },
  'emails-on-push': people,
  'external-wiki': { external_wiki_url: 'https://wiki.example.com' },
  flowdock: { token: 'abc' },
  github: { token: 'abc', repository_url: 'https://github.com/acme/demo' },
  'hangouts-chat': webhook,
  hangouts_chat: webhook,
  hipchat: { token: 'abc' },
  irker: { recipients: 'irc://irc.example.net:6697/patchbay' },
  jenkins: { jenkins_url: 'https://jenkins.example.com', project_name: 'demo' },
  'jenkins-deprecated': { project_url: 'https://jenkins.example.com/job/demo' },
  jira: { url: 'https://jira.example.com', ...account },
  kubernetes: { api_url: 'https://kubernetes.example.com', token: 'abc' },
  mattermost: webhook,
  'mattermost-slash-commands': { token: 'abc' },
  'microsoft-teams': webhook,
  'mock-ci': { mock_service_url: 'http://mock.example.com:4004' },
  packagist: { username: 'patchbay', token: 'abc' },
  'pipelines-email': people,
  pivotaltracker: { token: 'abc' },
  prometheus: { api_url: 'https://prometheus.example.com/' },
  pushover: { api_key: 'abc', user_key: 'def', priority: '1' },
  redmine: tracker,
  slack: webhook,
  'slack-slash-commands': { token: 'abc' },
  teamcity: { teamcity_url: 'https://teamcity.example.com', build_type: 'demo', ...account },
  youtrack: { project_url: tracker.project_url, issues_url: tracker.issues_url },
}

/** Slugs that clients know and GitLab does not serve, and why. */
export const notServed: Readonly<Record<string, string>> = {
  circuit: 'python-gitlab misspells unify-circuit',
  hangouts_chat: 'gitbeaker misspells hangouts-chat',
  kubernetes: 'GitLab had made it a thing of its own, clusters, so the document does not have it',
}

/** The parameters of `sent` that a response neither repeats nor names among the secrets that are set. */
export function lost(sent: Settings, response: Settings): string[] {
  const { properties, secrets } = response as { properties: Settings; secrets: Record<string, { set: boolean }> }
  const shown: Settings = { ...response, ...properties }
  return Object.keys(sent).filter((name) => shown[name] !== sent[name] && !secrets[name]?.set)
}
