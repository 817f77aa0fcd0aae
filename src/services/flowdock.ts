import { secret, text } from '../schema/field.ts'
import { firstLine, refName } from '../schema/payload.ts'
import { defineService } from '../schema/service.ts'
import { json } from '../schema/step.ts'
import { escapeHtml } from './groups.ts'

export const flowdock = defineService({
  slug: 'flowdock',
  kind: 'chat',
  title: 'Flowdock',
  description: 'Posts pushes to a Flowdock flow.',
  deprecated: 'Flowdock shut down in August 2022. GitLab removed the service in 15.7.',
  params: () => ({
    token: secret(text('Token of the Git source of the flow')),
  }),
  events: ['push'],
  deliver: {
    *push({ payload }, { token }) {
      if (payload.commits.length === 0) return 'the push has no commits'
      const { ref, project } = payload
      const thread = { title: `branch ${refName(ref)}`, external_url: project.web_url }
      for (const { id, message, author } of payload.commits) {
        const title = firstLine(message)
        const more = message.slice(title.length).trim()
        yield json('https://api.flowdock.com/v1/messages', {
          flow_token: token,
          event: 'activity',
          author,
          title: `<a href="${project.web_url}/-/commit/${id}">${id.slice(0, 7)}</a> ${escapeHtml(title)}`,
          thread,
          body: more ? `<pre>${escapeHtml(more)}</pre>` : null,
          tags: [],
          external_thread_id: ref,
        })
      }
    },
  },
})
