import { COMMIT_STATES, type CommitState } from '../schema/commit-status.ts'
import { changeOf, type Occurrence } from '../schema/payload.ts'

export type BuildEvent = Occurrence<'push' | 'merge_request' | 'tag_push'>

/** Values of `merge_status` before GitLab has checked whether the merge request can be merged. */
const UNCHECKED = ['unchecked', 'checking', 'cannot_be_merged_recheck', 'cannot_be_merged_rechecking']

/**
 * Returns the reason for which an event starts no build; undefined if it does (docs/gitlab.md#builds). GitLab counts no commits of a tag. After a
 * push to its branch a merge request is unchecked; later events of it, such as edits, bring nothing to build.
 */
export function skipsBuild({ kind, payload }: BuildEvent): string | undefined {
  if (kind === 'merge_request') {
    const { state, merge_status: status } = payload.object_attributes
    if (state !== 'opened') return 'the merge request is not open'
    return UNCHECKED.includes(status) ? undefined : 'the merge request has no new commits'
  }
  if (changeOf(payload) === 'removed') return kind === 'push' ? 'the branch was removed' : 'the tag was removed'
  return kind === 'push' && payload.total_commits_count === 0 ? 'nothing was pushed' : undefined
}

/** A word of GitLab for the status of a commit; undefined for any other value. */
export function toCommitState(word: unknown): CommitState | undefined {
  return COMMIT_STATES.find((state) => state === word)
}

/** A full path below an address, each segment encoded. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}
