import { describe, expect, test } from 'vitest'
import { guessSlug } from '../../src/services/guess.ts'
import { services } from '../../src/services/registry.ts'

const MEANT: Readonly<Record<string, string>> = {
  teams: 'microsoft-teams',
  msteams: 'microsoft-teams',
  'ms-teams': 'microsoft-teams',
  MicrosoftTeams: 'microsoft-teams',
  microsoft_teams: 'microsoft-teams',
  microsoft: 'microsoft-teams',
  'google-chat': 'hangouts-chat',
  googlechat: 'hangouts-chat',
  googleChat: 'hangouts-chat',
  hangouts: 'hangouts-chat',
  hangouts_chat: 'hangouts-chat',
  webex: 'webex-teams',
  email: 'emails-on-push',
  emails: 'emails-on-push',
  mail: 'emails-on-push',
  'pipelines-emails': 'pipelines-email',
  slak: 'slack',
  Slack: 'slack',
  SLACK: 'slack',
  'slack-notifications': 'slack',
  'slack-service': 'slack',
  'slack-bot': 'slack',
  'slack-integration': 'slack',
  slack_slash_commands: 'slack-slash-commands',
  'slack-commands': 'slack-slash-commands',
  'gitlab-slack': 'gitlab-slack-application',
  'mattermost-notifications': 'mattermost',
  hipchat2: 'hipchat',
  jra: 'jira',
  'jira-server': 'jira',
  'jira-cloud': 'jira-cloud-app',
  'jenkins-ci': 'jenkins',
  'bamboo-ci': 'bamboo',
  drone: 'drone-ci',
  droneci: 'drone-ci',
  'team-city': 'teamcity',
  'you-track': 'youtrack',
  pivotal: 'pivotaltracker',
  'pivotal-tracker': 'pivotaltracker',
  circuit: 'unify-circuit',
  irc: 'irker',
  wiki: 'external-wiki',
  'github-actions': 'github',
  discord_notifications: 'discord',
  'artifact-registry': 'google-cloud-platform-artifact-registry',
  prometheous: 'prometheus',
  harbour: 'harbor',
}

const NONE = [
  '',
  '-',
  'gitlab',
  'gitlab-ci',
  'gitlab-service',
  'google',
  'google-drive',
  'ci',
  'mock',
  'git',
  'atlassian',
  'jetbrains',
  'service',
  'notifications',
  'slash-commands',
  'slack-github',
  'trello',
  'zendesk',
  'gitea',
  'opsgenie',
  'metrics',
  'campaign',
  'aws',
  'sms',
  'chat-ops',
  'constructor',
  '__proto__',
  'toString',
  'no-such-service-at-all',
  'ж',
  `slack${'k'.repeat(100)}`,
]

describe('the service that an unknown slug stands for', () => {
  test.each(Object.entries(MEANT))('%s is taken for %s', (sent, slug) => {
    expect(guessSlug(sent, services)).toBe(slug)
  })

  test.each(NONE)('%j is taken for none', (sent) => {
    expect(guessSlug(sent, services)).toBeUndefined()
  })

  test('the service that an unknown slug stands for is the service itself for its slug and its title, however they are written', () => {
    for (const { slug, title } of services) {
      for (const sent of [slug, slug.toUpperCase(), slug.replaceAll('-', '_'), slug.replaceAll('-', '')])
        expect([sent, guessSlug(sent, services)]).toEqual([sent, slug])
      expect([title, guessSlug(title, services)]).toEqual([title, slug])
    }
  })

  test('the service that an unknown slug stands for is a service of the list alone', () => {
    const others = services.filter(({ developmentOnly }) => !developmentOnly)
    expect(guessSlug('mock_ci', others)).toBeUndefined()
  })
})
