import { sharedFlags } from '../schema/events.ts'
import { text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const googleCloudPlatformArtifactRegistry = defineService({
  slug: 'google-cloud-platform-artifact-registry',
  kind: 'packages',
  title: 'Google Artifact Management',
  description: 'Lists the images of a Google Artifact Registry repository in the project.',
  gitlabOnly: 'Works with the identity of GitLab.com on Google Cloud.',
  params: () => ({
    artifact_registry_project_id: text('ID of the Google Cloud project of the repository').meta({
      title: 'Google Cloud project ID',
    }),
    artifact_registry_repositories: text('Name of the repository').meta({ title: 'Repository' }),
    artifact_registry_location: text('Google Cloud location of the repository, e.g. europe-west1').meta({
      title: 'Repository location',
    }),
  }),
  events: [],
  defaultOff: sharedFlags,
  deliversNothing: 'The registry is not notified of events: the service provides variables for CI/CD jobs.',
})
