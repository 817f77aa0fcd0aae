import { closest, distance } from 'fastest-levenshtein'
import type { Service } from './service.ts'
import { asana } from './services/asana.ts'
import { assembla } from './services/assembla.ts'
import { bamboo } from './services/bamboo.ts'
import { bugzilla } from './services/bugzilla.ts'
import { buildkite } from './services/buildkite.ts'
import { campfire } from './services/campfire.ts'
import { confluence } from './services/confluence.ts'
import { customIssueTracker } from './services/custom-issue-tracker.ts'
import { droneCi } from './services/drone-ci.ts'
import { emailsOnPush } from './services/emails-on-push.ts'
import { externalWiki } from './services/external-wiki.ts'
import { flowdock } from './services/flowdock.ts'
import { github } from './services/github.ts'
import { hangoutsChat } from './services/hangouts-chat.ts'
import { hipchat } from './services/hipchat.ts'
import { irker } from './services/irker.ts'
import { jenkins } from './services/jenkins.ts'
import { jenkinsDeprecated } from './services/jenkins-deprecated.ts'
import { jira } from './services/jira.ts'
import { mattermost } from './services/mattermost.ts'
import { mattermostSlashCommands } from './services/mattermost-slash-commands.ts'
import { microsoftTeams } from './services/microsoft-teams.ts'
import { mockCi } from './services/mock-ci.ts'
import { packagist } from './services/packagist.ts'
import { pipelinesEmail } from './services/pipelines-email.ts'
import { pivotaltracker } from './services/pivotaltracker.ts'
import { prometheus } from './services/prometheus.ts'
import { pushover } from './services/pushover.ts'
import { redmine } from './services/redmine.ts'
import { slack } from './services/slack.ts'
import { slackSlashCommands } from './services/slack-slash-commands.ts'
import { teamcity } from './services/teamcity.ts'
import { unifyCircuit } from './services/unify-circuit.ts'
import { webexTeams } from './services/webex-teams.ts'
import { youtrack } from './services/youtrack.ts'

/** Every service, by slug. */
export const services: readonly Service[] = [
  asana,
  assembla,
  bamboo,
  bugzilla,
  buildkite,
  campfire,
  confluence,
  customIssueTracker,
  droneCi,
  emailsOnPush,
  externalWiki,
  flowdock,
  github,
  hangoutsChat,
  hipchat,
  irker,
  jenkins,
  jenkinsDeprecated,
  jira,
  mattermost,
  mattermostSlashCommands,
  microsoftTeams,
  mockCi,
  packagist,
  pipelinesEmail,
  pivotaltracker,
  prometheus,
  pushover,
  redmine,
  slack,
  slackSlashCommands,
  teamcity,
  unifyCircuit,
  webexTeams,
  youtrack,
]

const bySlug = new Map(services.map((service) => [service.slug, service]))

const MAX_DISTANCE = 3

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
