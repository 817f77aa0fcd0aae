import type { DescribedService, Service } from '../schema/service.ts'
import { alerts } from './alerts.ts'
import { amazonQ } from './amazon-q.ts'
import { appleAppStore } from './apple-app-store.ts'
import { asana } from './asana.ts'
import { assembla } from './assembla.ts'
import { bamboo } from './bamboo.ts'
import { beyondIdentity } from './beyond-identity.ts'
import { bugzilla } from './bugzilla.ts'
import { buildkite } from './buildkite.ts'
import { campfire } from './campfire.ts'
import { clickup } from './clickup.ts'
import { confluence } from './confluence.ts'
import { customIssueTracker } from './custom-issue-tracker.ts'
import { datadog } from './datadog.ts'
import { diffblueCover } from './diffblue-cover.ts'
import { discord } from './discord.ts'
import { droneCi } from './drone-ci.ts'
import { emailsOnPush } from './emails-on-push.ts'
import { ewm } from './ewm.ts'
import { externalWiki } from './external-wiki.ts'
import { flowdock } from './flowdock.ts'
import { gitGuardian } from './git-guardian.ts'
import { github } from './github.ts'
import { gitlabSlackApplication } from './gitlab-slack-application.ts'
import { googleCloudPlatformArtifactRegistry } from './google-cloud-platform-artifact-registry.ts'
import { googleCloudPlatformWorkloadIdentityFederation } from './google-cloud-platform-workload-identity-federation.ts'
import { googlePlay } from './google-play.ts'
import { guessSlug } from './guess.ts'
import { hangoutsChat } from './hangouts-chat.ts'
import { harbor } from './harbor.ts'
import { hipchat } from './hipchat.ts'
import { irker } from './irker.ts'
import { jenkins } from './jenkins.ts'
import { jenkinsDeprecated } from './jenkins-deprecated.ts'
import { jira } from './jira.ts'
import { jiraCloudApp } from './jira-cloud-app.ts'
import { linear } from './linear.ts'
import { matrix } from './matrix.ts'
import { mattermost } from './mattermost.ts'
import { mattermostSlashCommands } from './mattermost-slash-commands.ts'
import { microsoftTeams } from './microsoft-teams.ts'
import { mockCi } from './mock-ci.ts'
import { mockDeployment } from './mock-deployment.ts'
import { mockMonitoring } from './mock-monitoring.ts'
import { packagist } from './packagist.ts'
import { phorge } from './phorge.ts'
import { pipelinesEmail } from './pipelines-email.ts'
import { pivotaltracker } from './pivotaltracker.ts'
import { prometheus } from './prometheus.ts'
import { pumble } from './pumble.ts'
import { pushover } from './pushover.ts'
import { redmine } from './redmine.ts'
import { shimo } from './shimo.ts'
import { slack } from './slack.ts'
import { slackSlashCommands } from './slack-slash-commands.ts'
import { squashTm } from './squash-tm.ts'
import { teamcity } from './teamcity.ts'
import { telegram } from './telegram.ts'
import { unifyCircuit } from './unify-circuit.ts'
import { webexTeams } from './webex-teams.ts'
import { youtrack } from './youtrack.ts'
import { zentao } from './zentao.ts'

const described: readonly DescribedService[] = [
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

/** Every service, by slug. */
export const services: readonly Service[] = described

/** The services that a deployment offers. */
export interface Registry {
  all: readonly Service[]
  find(slug: string): Service | undefined
  /** Returns the slug that an unknown one probably stands for. */
  closest(slug: string): string | undefined
}

function registryOf(all: readonly Service[]): Registry {
  const bySlug = new Map(all.map((service) => [service.slug, service]))
  return { all, find: (slug) => bySlug.get(slug), closest: (slug) => guessSlug(slug, all) }
}

const development = registryOf(services)
const production = registryOf(services.filter(({ developmentOnly }) => !developmentOnly))

/** Outside development, the services of development are unknown. */
export function registryFor(isDevelopment: boolean): Registry {
  return isDevelopment ? development : production
}

/** The services with their texts, for files that are generated before the Worker runs. */
export function describedServices(isDevelopment: boolean): readonly DescribedService[] {
  return described.filter(({ developmentOnly }) => isDevelopment || !developmentOnly)
}
