import { flag, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

/** An id has some 135 characters. */
const IDS_LENGTH = 16_384

export const jiraCloudApp = defineService({
  slug: 'jira-cloud-app',
  title: 'GitLab for Jira Cloud app',
  description: 'Shows commits, builds and deployments in Jira Cloud, through the app in its marketplace.',
  gitlabOnly: 'Jira Cloud installs the app, and links it to a GitLab instance.',
  params: {
    jira_cloud_app_service_ids: text(
      'Services of Jira Service Management, by their IDs, separated by commas; GitLab takes up to 100',
      IDS_LENGTH,
    ).optional(),
    jira_cloud_app_enable_deployment_gating: flag('Have deployments wait until Jira approves').optional(),
    jira_cloud_app_deployment_gating_environments: text(
      'Where they wait: production, staging, testing or development, separated by commas',
    ).optional(),
  },
  events: [],
})
