import { commitStatusQuery, commitStatusShape } from '../schema/commit-status.ts'
import type { Service } from '../schema/service.ts'
import type { Resource } from './operation.ts'
import { one, responseSchema, SETTINGS } from './resource.ts'

const status = responseSchema('CommitStatus', commitStatusShape)

export function commitStatus(services: readonly Service[]): Resource {
  const names = services.filter((service) => service.commitStatus).map(({ slug }) => `\`${slug}\``)
  return {
    tag: SETTINGS,
    schemas: [status],
    operations: {
      'GET /projects/{id}/services/{slug}/commit_status': {
        id: 'getCommitStatus',
        summary: 'Get the status of a commit from a CI server',
        description: `Asks the server of ${names.join(', ')}. Results are cached for 10 seconds. \`with_secrets=true\` also requires the scope \`read_secrets\`.`,
        rule: 'readSettings',
        query: commitStatusQuery,
        responses: { 200: one(status, 'The status, in GitLab’s words') },
        errors: ['SettingsNotFound', 'BadGateway'],
      },
    },
  }
}
