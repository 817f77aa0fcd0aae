import { secret, text } from '../schema/field.ts'
import { refName } from '../schema/payload.ts'
import { defineService } from '../schema/service.ts'
import { ask, bearer, json, type StepResponse } from '../schema/step.ts'
import { branchList, includesBranch } from './groups.ts'

export const asana = defineService({
  slug: 'asana',
  kind: 'issues',
  title: 'Asana',
  description:
    'Adds a comment to each Asana task that a commit message mentions, and completes the tasks that it closes.',
  params: () => ({
    api_key: secret(text('Personal access token of the Asana user who adds the comments')),
    restrict_to_branch: branchList(),
  }),
  events: ['push'],
  deliver: {
    *push({ payload }, { api_key, restrict_to_branch: only }, { projectFullName }) {
      const { user_name: who, commits } = payload
      const branch = refName(payload.ref)
      if (!includesBranch(only, branch)) return `restrict_to_branch leaves out ${branch}`
      const mentions = commits.flatMap((commit) => tasksIn(commit.message).map((task) => ({ ...task, commit })))
      if (mentions.length === 0) return 'no commit message mentions a task'
      for (const { id, isClosed, commit } of mentions) {
        const task = `https://app.asana.com/api/1.0/tasks/${id}`
        const auth = bearer(api_key)
        const isThere = yield* ask({ method: 'GET', url: task, ...auth, tolerates: isMissing }, (r) => !isMissing(r))
        if (!isThere) continue
        const comment = `${who} pushed to branch ${branch} of ${projectFullName} ( ${commit.url} ): ${commit.message}`
        yield json(`${task}/stories`, { data: { text: comment } }, auth)
        if (isClosed) yield json(task, { data: { completed: true } }, { ...auth, method: 'PUT' })
      }
    },
  },
})

/** The address of a task in any of Asana's forms, or its number. */
const TASK = /https:\/\/app\.asana\.com\/(?:1\/\w+\/(?:project\/\w+\/)?task|\d+\/\w+)\/(\w+)|#(\w+)/gi
const CLOSING = /fix|clos[ei]/i

/** A task is closed by the word before it. One expression for both would take quadratic time on a message of one long word. */
function tasksIn(message: string) {
  const matches = [...message.matchAll(TASK)]
  return matches.map((match, at) => {
    const previous = matches[at - 1]
    const before = message.slice(previous ? previous.index + previous[0].length : 0, match.index)
    const word = before.split(/\W+/).findLast((part) => part !== '') ?? ''
    return { id: match[1] ?? match[2] ?? '', isClosed: CLOSING.test(word) }
  })
}

/** A task that does not exist, or that the user may not see, is no reason to leave out the others. */
function isMissing({ status }: StepResponse): boolean {
  return status === 403 || status === 404
}
