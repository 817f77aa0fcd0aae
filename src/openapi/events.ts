import { eventQuery } from '../schema/delivery.ts'
import { acceptedShape, dryRunShape } from '../schema/delivery-response.ts'
import type { Resource } from './operation.ts'
import { DELIVERY, one, responseSchema } from './resource.ts'

const accepted = responseSchema('AcceptedEvent', acceptedShape)
const dryRun = responseSchema('EventDryRun', dryRunShape)

const PUSH = {
  object_kind: 'push',
  ref: 'refs/heads/main',
  before: '95790bf891e76fee5e1747ab589903a6a1f80f22',
  after: 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7',
  user_name: 'Ada Lovelace',
  project: { name: 'Demo', namespace: 'Acme', web_url: 'https://git.example.com/acme/demo', default_branch: 'main' },
  commits: [],
}

export const events: Resource = {
  tag: DELIVERY,
  schemas: [accepted, dryRun],
  operations: {
    'POST /projects/{id}/events': {
      id: 'postEvent',
      summary: 'Post an event',
      description:
        'Sends an event of a project, in the JSON of GitLab’s webhooks, to every active service that subscribes to it. The token may also be sent as `X-Gitlab-Token`, so that a webhook of GitLab can post here. A request with the same `Idempotency-Key` is the same event. With `dry_run=true` the token needs what reading settings needs.',
      rule: 'postEvent',
      query: eventQuery,
      body: { schema: { type: 'object' }, example: PUSH },
      responses: {
        200: one(dryRun, 'With `dry_run=true`: the requests that would be made'),
        202: one(accepted, 'The event is stored, and its deliveries are under way'),
      },
    },
  },
}
