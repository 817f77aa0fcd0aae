import { endpoint, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const harbor = defineService({
  slug: 'harbor',
  kind: 'packages',
  title: 'Harbor',
  description: 'Provides CI/CD jobs with credentials for a Harbor container registry.',
  params: () => ({
    url: endpoint('URL of the Harbor server, e.g. https://harbor.example.com'),
    project_name: text(
      'Name of the Harbor project: lower-case letters and digits, separated by single dots, dashes or underscores',
      255,
    ),
    username: text('Name of the Harbor user'),
    password: secret(text('Password of the Harbor user. It needs at least 8 characters to be masked in job logs')),
  }),
  events: [],
  deliversNothing: 'Harbor is not notified of events: the service provides variables for CI/CD jobs.',
})
