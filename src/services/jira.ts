import {
  asEndpoint,
  endpoint,
  flag,
  integerChoice,
  link,
  list,
  secret,
  text,
  withoutTrailingSlash,
} from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const jira = defineService({
  slug: 'jira',
  title: 'Jira',
  description: 'Connects commits and merge requests to the Jira issues that they name, and closes those issues.',
  params: {
    url: asEndpoint(withoutTrailingSlash(link('Address of Jira for people, e.g. https://jira.example.com'))),
    api_url: endpoint('Address of the Jira API, where it is not `url`').optional(),
    username: text('Jira user name, or the email address on Jira Cloud').optional(),
    password: secret(text('Password, or the token that stands for it')),
    jira_issue_transition_id: text(
      'Workflow steps that close an issue: their numbers, separated by commas or semicolons',
    )
      .refine((value) => /\d/.test(value), 'must contain a number')
      .meta({ pattern: '[0-9]', examples: ['2'] })
      .optional(),
    jira_issue_transition_automatic: flag('Find the workflow step that closes an issue by itself').optional(),
    jira_auth_type: integerChoice(
      [0, 1],
      'How to sign in: 0 with `username` and `password`, 1 with a personal access token; Jira Cloud takes 0 only',
    ).default(0),
    jira_issue_regex: text('Pattern (RE2) of issue keys', 255).optional(),
    jira_issue_prefix: text('Pattern (RE2) of what stands before an issue key', 255).optional(),
    issues_enabled: flag('Show Jira issues in the project').optional(),
    project_keys: list('Keys of the Jira projects to show issues of; GitLab takes up to 100').default([]),
    vulnerabilities_enabled: flag('Create Jira issues for vulnerabilities').optional(),
    vulnerabilities_issuetype: text('Jira issue type for vulnerabilities').optional(),
    project_key: text('Key of the Jira project for vulnerabilities').optional(),
    customize_jira_issue_enabled: flag('Let people edit such an issue before it is created').optional(),
    jira_check_enabled: flag('Check the Jira issues that commit messages name').optional(),
    jira_exists_check_enabled: flag('Check that the issue exists').optional(),
    jira_assignee_check_enabled: flag('Check that the issue is assigned to the committer').optional(),
    jira_status_check_enabled: flag('Check that the issue has one of the allowed statuses').optional(),
    jira_allowed_statuses_as_string: text('Allowed statuses, separated by commas').optional(),
  },
  events: ['commit', 'merge_requests'],
  commentSwitch: true,
  requiredUnless: { username: { jira_auth_type: 1 } },
})
