import { testSettingsBody } from '../schema/delivery.ts'
import { testShape } from '../schema/delivery-response.ts'
import type { Resource } from './operation.ts'
import { DELIVERY, one, requestSchema, responseSchema } from './resource.ts'

const sent = requestSchema('TestSettings', testSettingsBody)
const result = responseSchema('TestResult', testShape)

const facts = {
  rule: 'writeSettings',
  body: { schema: { $ref: '#/components/schemas/TestSettings' }, example: { parameters: {} } },
  responses: { 200: one(result, 'Result of the test, success or failure') },
  errors: ['SettingsNotFound'],
} as const

export const serviceTest: Resource = {
  tag: DELIVERY,
  schemas: [sent, result],
  operations: {
    'POST /projects/{id}/services/{slug}/test': {
      ...facts,
      id: 'testSettings',
      summary: 'Test settings by a request to the service',
      description:
        'Sends at once, and stores nothing: the event of the body if it is one of GitLab’s, else a check of the connection or a sample event. Success ends a pause of the destination. Five a minute for each project.',
    },
    'POST /projects/{id}/services/{slug}/test/{trigger}': {
      ...facts,
      id: 'testSettingsByTrigger',
      summary: 'Test settings by a sample of an event',
      description: 'The trigger is an event of the service, as in `push_events`; it need not be switched on.',
    },
  },
}
