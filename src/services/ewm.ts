import { defineService } from '../schema/service.ts'
import { issueTracker } from './groups.ts'

export const ewm = defineService({
  slug: 'ewm',
  title: 'EWM',
  description: 'Points the issue links of the project to IBM Engineering Workflow Management.',
  params: issueTracker,
  events: ['push'],
})
