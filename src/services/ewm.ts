import { defineService } from '../schema/service.ts'
import { issueTracker } from './groups.ts'

export const ewm = defineService({
  slug: 'ewm',
  kind: 'issues',
  title: 'EWM',
  description: 'Links issue references of the project to IBM Engineering Workflow Management.',
  params: issueTracker,
  events: ['push'],
})
