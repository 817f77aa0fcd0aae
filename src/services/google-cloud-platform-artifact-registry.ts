import { sharedFlags } from '../schema/events.ts'
import { text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const googleCloudPlatformArtifactRegistry = defineService({
  slug: 'google-cloud-platform-artifact-registry',
  title: 'Google Artifact Management',
  description: 'Shows the images of a Google Artifact Registry in the project.',
  gitlabOnly: 'The images are shown in the pages of GitLab.com, which Google knows by its own identity.',
  params: {
    artifact_registry_project_id: text('ID of the Google Cloud project that has the registry'),
    artifact_registry_repositories: text('Name of the repository in the registry'),
    artifact_registry_location: text('Google Cloud location of the repository, e.g. europe-west1'),
  },
  events: [],
  defaultOff: sharedFlags,
})
