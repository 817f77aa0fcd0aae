import {
  asEndpoint,
  endpoint,
  flag,
  integerChoice,
  link,
  list,
  rule,
  secret,
  text,
  withoutTrailingSlash,
} from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { checkAccess } from './jira/api.ts'
import { referCommits, referMergeRequest } from './jira/references.ts'

export const jira = defineService({
  slug: 'jira',
  kind: 'issues',
  title: 'Jira',
  description: 'Links commits and merge requests to the Jira issues that they mention, and closes those issues.',
  params: () => ({
    url: asEndpoint(withoutTrailingSlash(link('Web URL of Jira, e.g. https://jira.example.com'))),
    api_url: endpoint('URL of the Jira API, if it differs from the web URL').optional(),
    username: text('Jira username. On Jira Cloud, the email address').optional(),
    password: secret(text('Password, API token or personal access token')),
    jira_issue_transition_id: rule(
      text('IDs of the workflow transitions that close an issue, separated by commas or semicolons'),
      (value) => /\d/.test(value),
      'must contain a number',
    )
      .meta({ title: 'Transition IDs', pattern: '[0-9]', examples: ['2'] })
      .optional(),
    jira_issue_transition_automatic: flag('Determine the transition that closes an issue automatically')
      .meta({ title: 'Automatic transitions' })
      .optional(),
    jira_auth_type: integerChoice([0, 1], 'Authentication method. Jira Cloud supports 0 (username and password) only', {
      0: 'Username and password',
      1: 'Personal access token',
    })
      .meta({ title: 'Authentication method' })
      .default(0),
    jira_issue_regex: text('Regular expression (RE2) that matches issue keys', 255)
      .meta({ title: 'Issue key pattern' })
      .optional(),
    jira_issue_prefix: text('Regular expression (RE2) that matches the prefix of an issue key', 255)
      .meta({ title: 'Issue key prefix' })
      .optional(),
    issues_enabled: flag('List Jira issues in the project').meta({ title: 'Jira issues' }).optional(),
    project_keys: list('Keys of the Jira projects whose issues are listed. GitLab accepts up to 100')
      .meta({ title: 'Jira project keys' })
      .default([]),
    vulnerabilities_enabled: flag('Create Jira issues for vulnerabilities')
      .meta({ title: 'Issues for vulnerabilities' })
      .optional(),
    vulnerabilities_issuetype: text('ID of the Jira issue type for vulnerabilities')
      .meta({ title: 'Issue type for vulnerabilities' })
      .optional(),
    project_key: text('Key of the Jira project for vulnerabilities')
      .meta({ title: 'Project key for vulnerabilities' })
      .optional(),
    customize_jira_issue_enabled: flag('Open the form in Jira before an issue for a vulnerability is created')
      .meta({ title: 'Edit vulnerability issues' })
      .optional(),
    jira_check_enabled: flag('Verify Jira issues that commit messages mention')
      .meta({ title: 'Issue verification' })
      .optional(),
    jira_exists_check_enabled: flag('Require that the issue exists').meta({ title: 'Issue exists' }).optional(),
    jira_assignee_check_enabled: flag('Require that the issue is assigned to the committer')
      .meta({ title: 'Assigned to committer' })
      .optional(),
    jira_status_check_enabled: flag('Require that the issue has an allowed status')
      .meta({ title: 'Allowed status' })
      .optional(),
    jira_allowed_statuses_as_string: text('Comma-separated list of allowed statuses')
      .meta({ title: 'Allowed statuses' })
      .optional(),
  }),
  events: ['commit', 'merge_requests'],
  commentSwitch: true,
  requiredUnless: { username: { jira_auth_type: 1 } },
  deliver: { push: referCommits, merge_request: referMergeRequest },
  probe: checkAccess,
  // An issue is closed whatever flags are on; they decide about mentions alone.
  subscriptions: { push: 'always', merge_request: 'always' },
})
