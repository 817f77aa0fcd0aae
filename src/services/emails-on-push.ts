import { branches, flag, lines } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const emailsOnPush = defineService({
  slug: 'emails-on-push',
  title: 'Emails on push',
  description: 'Writes an email about every push and every new tag.',
  params: {
    recipients: lines('Email addresses, separated by white space; GitLab takes up to 750'),
    disable_diffs: flag('Leave the changed lines out of the message').optional(),
    send_from_committer_email: flag('Use the address of the committer as the sender').optional(),
    branches_to_be_notified: branches().default('all'),
  },
  events: ['push', 'tag_push'],
})
