import { secret, text } from '../schema/field.ts'
import { refName } from '../schema/payload.ts'
import { defineService } from '../schema/service.ts'
import { json } from '../schema/step.ts'
import { branchList, includesBranch } from './groups.ts'

export const pivotaltracker = defineService({
  slug: 'pivotaltracker',
  kind: 'issues',
  title: 'PivotalTracker',
  description: 'Adds commits as comments to the Pivotal Tracker stories that they mention.',
  deprecated: 'Pivotal Tracker shut down in April 2025.',
  params: () => ({
    token: secret(text('API token of the Pivotal Tracker user who adds the comments')),
    restrict_to_branch: branchList(),
  }),
  events: ['push'],
  deliver: {
    *push({ payload }, { token, restrict_to_branch: only }) {
      const branch = refName(payload.ref)
      if (!includesBranch(only, branch)) return `restrict_to_branch leaves out ${branch}`
      if (payload.commits.length === 0) return 'the push has no commits'
      for (const { id, author, url, message } of payload.commits) {
        const commit = { commit_id: id, author: author.name, url, message }
        const headers = { 'X-TrackerToken': token }
        yield json('https://www.pivotaltracker.com/services/v5/source_commits', { source_commit: commit }, { headers })
      }
    },
  },
})
