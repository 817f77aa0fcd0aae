import { sharedFlags } from '../schema/events.ts'
import { text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const googleCloudPlatformWorkloadIdentityFederation = defineService({
  slug: 'google-cloud-platform-workload-identity-federation',
  title: 'Google Cloud IAM',
  description: 'Lets the project act on Google Cloud without keys, through workload identity federation.',
  gitlabOnly: 'Google Cloud is told to trust identities that GitLab.com signs.',
  params: {
    workload_identity_federation_project_id: text(
      'ID of the Google Cloud project that has the pool: 6 to 30 lower-case letters, digits and dashes',
    ),
    workload_identity_federation_project_number: text('Number of that project'),
    workload_identity_pool_id: text('ID of the pool: 4 to 32 lower-case letters, digits and dashes'),
    workload_identity_pool_provider_id: text(
      'ID of the provider in the pool: 4 to 32 lower-case letters, digits and dashes',
    ),
  },
  events: [],
  defaultOff: sharedFlags,
})
