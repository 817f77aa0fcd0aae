import { deliveriesQuery, resendBody } from '../schema/delivery.ts'
import { deliveryLogShape, deliveryShape, resentShape } from '../schema/delivery-response.ts'
import type { Resource } from './operation.ts'
import { accepted } from './projects.ts'
import { body, DELIVERY, one, page, requestSchema, responseSchema } from './resource.ts'

const delivery = responseSchema('Delivery', deliveryShape)
const log = responseSchema('DeliveryLog', deliveryLogShape)
const resend = requestSchema('Resend', resendBody)
const resent = responseSchema('Resent', resentShape)

export const deliveries: Resource = {
  tag: DELIVERY,
  schemas: [delivery, log, resend, resent],
  operations: {
    'GET /projects/{id}/deliveries': {
      id: 'listDeliveries',
      summary: 'The deliveries of a project, newest first',
      description: 'Without `destination`, pages end after 1,000 deliveries.',
      rule: 'readSettings',
      query: deliveriesQuery,
      responses: { 200: page(delivery) },
    },
    'GET /projects/{id}/deliveries/{delivery_id}': {
      id: 'getDelivery',
      summary: 'A delivery and its attempts',
      rule: 'readSettings',
      responses: { 200: one(log, 'The delivery') },
      errors: ['DeliveryNotFound'],
    },
    'POST /projects/{id}/deliveries/{delivery_id}/resend': {
      id: 'resendDelivery',
      summary: 'Send a delivery again',
      description: 'Makes one more attempt, with the settings of now, and ends a pause of the destination.',
      rule: 'writeSettings',
      responses: { 202: { ...one(accepted, 'It is under way'), example: { message: '202 Accepted' } } },
      errors: ['DeliveryNotFound'],
    },
    'POST /projects/{id}/deliveries/resend': {
      id: 'resendDeliveries',
      summary: 'Send failed deliveries again',
      description: 'The oldest 500 that failed, each once. Ends a pause of the destination.',
      rule: 'writeSettings',
      body: body(resend),
      responses: { 202: one(resent, 'They are under way') },
      errors: ['SettingsNotFound'],
    },
  },
}
