import { defaultBranchOnly, flag, lines } from '../schema/field.ts'
import { type PayloadOf, shortSha } from '../schema/payload.ts'
import { defineService } from '../schema/service.ts'
import { isNotified, pipelineSilence } from './chat/filter.ts'
import { pipelineNotifications, toOneLine } from './groups.ts'

export const pipelinesEmail = defineService({
  slug: 'pipelines-email',
  kind: 'chat',
  title: 'Pipelines emails',
  description: 'Sends an email when a pipeline finishes.',
  params: () => ({
    recipients: lines('List of email addresses, separated by commas or white space. GitLab accepts up to 30'),
    add_pusher: flag('Add the user whose push started the pipeline to the recipients')
      .meta({ title: 'Notify pusher' })
      .optional(),
    notify_only_default_branch: defaultBranchOnly(),
    ...pipelineNotifications,
  }),
  events: ['pipeline'],
  deliver: {
    *pipeline(event, params, context) {
      const { object_attributes: pipeline, user } = event.payload
      const { ref, status } = pipeline
      if (!context.emailsEnabled) return 'emails_enabled of the project is off'
      // Unlike in a chat, tags are filtered too.
      if (!isNotified(ref, params, event, context)) {
        return `branches_to_be_notified is ${params.branches_to_be_notified}, which leaves out ${ref}`
      }
      const silent = pipelineSilence(params, pipeline)
      if (silent !== undefined) return silent
      const pusher = params.add_pusher && user.email.includes('@') ? [user.email] : []
      const recipients = params.recipients.match(/[^\s,]+/g) ?? []
      const word = status === 'failed' ? 'Failed' : pipeline.ref_status_name === 'fixed' ? 'Fixed' : 'Successful'
      const subject = `${word} pipeline for ${ref} | ${context.projectName} | ${shortSha(pipeline.sha)}`
      yield {
        mail: {
          to: [],
          bcc: [...new Set([...recipients, ...pusher].map(toOneLine))],
          subject: toOneLine(subject).slice(0, SUBJECT_LENGTH),
          text: textOf(event.payload, context.projectFullName),
          headers: {
            'X-GitLab-Pipeline-Id': String(pipeline.id),
            'X-GitLab-Pipeline-Ref': toOneLine(ref),
            'X-GitLab-Pipeline-Status': toOneLine(status),
          },
        },
      }
    },
  },
})

const SUBJECT_LENGTH = 250
const MAX_JOBS = 50

function textOf(
  { object_attributes: pipeline, project, commit, user, builds }: PayloadOf<'pipeline'>,
  name: string,
): string {
  const { id, ref, tag, status } = pipeline
  const failed = builds.filter((build) => build.status === 'failed').slice(0, MAX_JOBS)
  return [
    `Pipeline #${id} of ${tag ? 'tag' : 'branch'} ${ref} of ${name} has ${status === 'failed' ? 'failed' : 'passed'}.`,
    `${project.web_url}/-/pipelines/${id}`,
    ...(user.name ? [`Started by ${user.name}`] : []),
    ...(commit.id ? [`Commit ${shortSha(commit.id)}: ${toOneLine(commit.title)}`] : []),
    ...failed.map((build) => `Failed job: ${build.stage} / ${build.name}\n${project.web_url}/-/jobs/${build.id}`),
  ].join('\n\n')
}
