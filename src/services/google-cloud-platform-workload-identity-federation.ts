import { sharedFlags } from '../schema/events.ts'
import { text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const googleCloudPlatformWorkloadIdentityFederation = defineService({
  slug: 'google-cloud-platform-workload-identity-federation',
  kind: 'security',
  title: 'Google Cloud IAM',
  description: 'Authenticates the project with Google Cloud through workload identity federation, without keys.',
  gitlabOnly: 'Google Cloud must trust identities that GitLab.com signs.',
  params: () => ({
    workload_identity_federation_project_id: text(
      'ID of the Google Cloud project of the pool: 6 to 30 lower-case letters, digits and dashes',
    ).meta({ title: 'Google Cloud project ID' }),
    workload_identity_federation_project_number: text('Number of the Google Cloud project').meta({
      title: 'Google Cloud project number',
    }),
    workload_identity_pool_id: text(
      'ID of the workload identity pool: 4 to 32 lower-case letters, digits and dashes',
    ).meta({
      title: 'Pool ID',
    }),
    workload_identity_pool_provider_id: text(
      'ID of the provider in the pool: 4 to 32 lower-case letters, digits and dashes',
    ).meta({ title: 'Provider ID' }),
  }),
  events: [],
  defaultOff: sharedFlags,
  deliversNothing: 'Google Cloud is not notified of events: the service provides variables for CI/CD jobs.',
})
