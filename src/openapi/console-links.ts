import { consoleLinkCreation, consoleLinkShape } from '../schema/console-link.ts'
import type { Resource } from './operation.ts'
import { body, one, requestSchema, responseSchema } from './resource.ts'

const creation = requestSchema('ConsoleLinkCreation', consoleLinkCreation)
const link = responseSchema('ConsoleLink', consoleLinkShape)

export const consoleLinks: Resource = {
  tag: { name: 'Console', description: 'Links to the console, for the users of a tool.' },
  schemas: [creation, link],
  operations: {
    'POST /projects/{id}/console_links': {
      id: 'createConsoleLink',
      summary: 'Create a link to the console',
      description:
        'The link opens the console of the project once, for somebody with these rights. The session lasts an hour. Creation and use are in the audit trail.',
      rule: 'instance',
      body: body(creation),
      responses: { 201: one(link, 'Link. It is returned only once') },
    },
  },
}
