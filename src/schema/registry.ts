import { closest, distance } from 'fastest-levenshtein'
import type { Service } from './service.ts'
import { alerts } from './services/alerts.ts'
import { amazonQ } from './services/amazon-q.ts'
import { appleAppStore } from './services/apple-app-store.ts'
import { asana } from './services/asana.ts'
import { assembla } from './services/assembla.ts'
import { bamboo } from './services/bamboo.ts'
import { beyondIdentity } from './services/beyond-identity.ts'
import { bugzilla } from './services/bugzilla.ts'
import { buildkite } from './services/buildkite.ts'
import { campfire } from './services/campfire.ts'
import { clickup } from './services/clickup.ts'
import { confluence } from './services/confluence.ts'
import { customIssueTracker } from './services/custom-issue-tracker.ts'
import { datadog } from './services/datadog.ts'
import { diffblueCover } from './services/diffblue-cover.ts'
import { discord } from './services/discord.ts'
import { droneCi } from './services/drone-ci.ts'
import { emailsOnPush } from './services/emails-on-push.ts'
import { ewm } from './services/ewm.ts'
import { externalWiki } from './services/external-wiki.ts'
import { flowdock } from './services/flowdock.ts'
import { gitGuardian } from './services/git-guardian.ts'
import { github } from './services/github.ts'
import { gitlabSlackApplication } from './services/gitlab-slack-application.ts'
import { googleCloudPlatformArtifactRegistry } from './services/google-cloud-platform-artifact-registry.ts'
import { googleCloudPlatformWorkloadIdentityFederation } from './services/google-cloud-platform-workload-identity-federation.ts'
import { googlePlay } from './services/google-play.ts'
import { hangoutsChat } from './services/hangouts-chat.ts'
import { harbor } from './services/harbor.ts'
import { hipchat } from './services/hipchat.ts'
import { irker } from './services/irker.ts'
import { jenkins } from './services/jenkins.ts'
import { jenkinsDeprecated } from './services/jenkins-deprecated.ts'
import { jira } from './services/jira.ts'
import { jiraCloudApp } from './services/jira-cloud-app.ts'
import { linear } from './services/linear.ts'
import { matrix } from './services/matrix.ts'
import { mattermost } from './services/mattermost.ts'
import { mattermostSlashCommands } from './services/mattermost-slash-commands.ts'
import { microsoftTeams } from './services/microsoft-teams.ts'
import { mockCi } from './services/mock-ci.ts'
import { mockDeployment } from './services/mock-deployment.ts'
import { mockMonitoring } from './services/mock-monitoring.ts'
import { packagist } from './services/packagist.ts'
import { phorge } from './services/phorge.ts'
import { pipelinesEmail } from './services/pipelines-email.ts'
import { pivotaltracker } from './services/pivotaltracker.ts'
import { prometheus } from './services/prometheus.ts'
import { pumble } from './services/pumble.ts'
import { pushover } from './services/pushover.ts'
import { redmine } from './services/redmine.ts'
import { shimo } from './services/shimo.ts'
import { slack } from './services/slack.ts'
import { slackSlashCommands } from './services/slack-slash-commands.ts'
import { squashTm } from './services/squash-tm.ts'
import { teamcity } from './services/teamcity.ts'
import { telegram } from './services/telegram.ts'
import { unifyCircuit } from './services/unify-circuit.ts'
import { webexTeams } from './services/webex-teams.ts'
import { youtrack } from './services/youtrack.ts'
import { zentao } from './services/zentao.ts'

/** Every service, by slug. */
export const services: readonly Service[] = [
  alerts,
  amazonQ,
  appleAppStore,
  asana,
  assembla,
  bamboo,
  beyondIdentity,
  bugzilla,
  buildkite,
  campfire,
  clickup,
  confluence,
  customIssueTracker,
  datadog,
  diffblueCover,
  discord,
  droneCi,
  emailsOnPush,
  ewm,
  externalWiki,
  flowdock,
  gitGuardian,
  github,
  gitlabSlackApplication,
  googleCloudPlatformArtifactRegistry,
  googleCloudPlatformWorkloadIdentityFederation,
  googlePlay,
  hangoutsChat,
  harbor,
  hipchat,
  irker,
  jenkins,
  jenkinsDeprecated,
  jira,
  jiraCloudApp,
  linear,
  matrix,
  mattermost,
  mattermostSlashCommands,
  microsoftTeams,
  mockCi,
  mockDeployment,
  mockMonitoring,
  packagist,
  phorge,
  pipelinesEmail,
  pivotaltracker,
  prometheus,
  pumble,
  pushover,
  redmine,
  shimo,
  slack,
  slackSlashCommands,
  squashTm,
  teamcity,
  telegram,
  unifyCircuit,
  webexTeams,
  youtrack,
  zentao,
]

const bySlug = new Map(services.map((service) => [service.slug, service]))

const MAX_DISTANCE = 3

/** Every service but, outside development, those of development. */
export function knownServices(isDevelopment: boolean): readonly Service[] {
  return services.filter(({ developmentOnly }) => isDevelopment || !developmentOnly)
}

/** The service of a slug, spelt as GitLab spells it; those of development only there. */
export function findService(slug: string, isDevelopment: boolean): Service | undefined {
  const service = bySlug.get(slug)
  return service?.developmentOnly && !isDevelopment ? undefined : service
}

/** The slug that a misspelt one may mean. */
export function closestSlug(slug: string, isDevelopment: boolean): string | undefined {
  const guess = closest(
    slug,
    [...bySlug.keys()].filter((known) => findService(known, isDevelopment)),
  )
  return distance(slug, guess) <= MAX_DISTANCE ? guess : undefined
}
