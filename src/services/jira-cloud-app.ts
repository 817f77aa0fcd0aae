import { flag, rule, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

const MAX_IDS = 100
/** Bounds the row, and is above the length of any list with MAX_IDS ids: an id has some 135 characters. */
const IDS_LENGTH = MAX_IDS * 256

export const jiraCloudApp = defineService({
  slug: 'jira-cloud-app',
  kind: 'issues',
  title: 'GitLab for Jira Cloud app',
  description: 'Sends commits, builds and deployments to Jira Cloud through the GitLab for Jira Cloud app.',
  gitlabOnly: 'The app links Jira Cloud to a GitLab instance.',
  params: () => ({
    jira_cloud_app_service_ids: rule(
      text(`Comma-separated list of service IDs of Jira Service Management, ${MAX_IDS} at most`, IDS_LENGTH),
      (ids) => ids.split(',').length <= MAX_IDS,
      `is too long (maximum is ${MAX_IDS} IDs)`,
    )
      .meta({ title: 'Service IDs' })
      .optional(),
    jira_cloud_app_enable_deployment_gating: flag('Hold deployments until they are approved in Jira')
      .meta({
        title: 'Deployment gating',
      })
      .optional(),
    jira_cloud_app_deployment_gating_environments: text(
      'Comma-separated list of environment tiers with gating: production, staging, testing, development',
    )
      .meta({ title: 'Environments with deployment gating' })
      .optional(),
  }),
  events: [],
  deliversNothing:
    'The app of Jira Cloud accepts only requests that are signed with the secret of an installation, which only GitLab has.',
})
