import type { CommitState } from '../schema/commit-status.ts'
import { flag, link } from '../schema/field.ts'
import { hook } from '../schema/hook.ts'
import { defineService } from '../schema/service.ts'
import { joinUrl, type StepResponse } from '../schema/step.ts'

export const jenkinsDeprecated = defineService({
  slug: 'jenkins-deprecated',
  kind: 'ci',
  title: 'Jenkins CI (Deprecated)',
  description: 'Triggers Jenkins builds on pushes through the GitLab Hook plugin.',
  deprecated: 'GitLab removed the service in 13.0. Use Jenkins CI instead.',
  params: () => ({
    project_url: link('URL of the job, e.g. https://jenkins.example.com/job/example/'),
    multiproject_enabled: flag('The plugin runs in multi-project mode')
      .meta({ title: 'Multi-project mode' })
      .optional(),
    pass_unstable: flag('Treat unstable builds as successful').meta({ title: 'Unstable builds pass' }).optional(),
  }),
  events: [],
  deliver: {
    *push(event, { project_url }, context) {
      const [root = ''] = project_url.split('job/', 1)
      yield hook(`${root}/gitlab/build_now`, event, context)
    },
  },
  commitStatus({ sha, ref, project }, { project_url, multiproject_enabled, pass_unstable }) {
    const job = multiproject_enabled && ref !== null ? jobOf(project_url, project, ref) : project_url
    const page = joinUrl(job, `scm/bySHA1/${sha}`)
    return {
      step: { method: 'GET', url: page },
      read(response) {
        const status = stateOf(response, pass_unstable === true)
        return status && { status, page }
      },
    }
  },
})

/** In multi-project mode, the plugin makes a job for each branch. */
function jobOf(projectUrl: string, project: string, ref: string): string {
  const name = `${project.slice(project.lastIndexOf('/') + 1)}_${ref.replaceAll('/', '_')}`
  return new URL(`/job/${encodeURIComponent(name)}`, projectUrl).href
}

/** Jenkins shows the status of a build as the first picture of its heading, or of that class. */
function stateOf({ status, text }: StepResponse, passUnstable: boolean): CommitState | undefined {
  const at = text.indexOf('build-caption')
  const heading = at < 0 ? '' : text.slice(text.lastIndexOf('<', at))
  const [, icon] = /\ssrc=["'][^"']*\/([\w-]+)\.(?:png|gif)["']/.exec(heading) ?? []
  if (status !== 200 || icon === undefined) return undefined
  if (icon.endsWith('anime')) return 'running'
  if (icon === 'blue' || (icon === 'yellow' && passUnstable)) return 'success'
  return ['red', 'aborted', 'yellow'].includes(icon) ? 'failed' : 'pending'
}
