import { branches, flag, lines } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const emailsOnPush = defineService({
  slug: 'emails-on-push',
  kind: 'chat',
  title: 'Emails on push',
  description: 'Sends an email for each push and each new tag.',
  params: {
    recipients: lines('Whitespace-separated list of email addresses. GitLab accepts up to 750'),
    disable_diffs: flag('Omit the diffs from the emails').meta({ title: 'Without diffs' }).optional(),
    send_from_committer_email: flag('Send the emails from the address of the committer').optional(),
    branches_to_be_notified: branches().default('all'),
  },
  events: ['push', 'tag_push'],
})
