import * as fc from 'fast-check'
import { beforeAll, expect, test, vi } from 'vitest'
import { ask } from '../support/api.ts'
import {
  deliveriesOf,
  drone,
  jenkins,
  newDestinations,
  pushBy,
  stubReceivers,
  webhook,
  work,
} from '../support/deliveries.ts'
import { LIMIT_MS, runs } from './budget.ts'

const PASSWORD = 'S3NTINEL-of-jenkins'
const KINDS = [
  'push',
  'tag_push',
  'issue',
  'work_item',
  'merge_request',
  'note',
  'wiki_page',
  'pipeline',
  'build',
  'deployment',
]
const PARTS = [
  'project',
  'user',
  'object_attributes',
  'commits',
  'ref',
  'before',
  'after',
  'changes',
  'labels',
  'builds',
  'event_type',
]

const receivers = stubReceivers()
let place: Awaited<ReturnType<typeof newDestinations>>

beforeAll(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => {})
  place = await newDestinations({
    jenkins: { ...jenkins('ci'), password: PASSWORD },
    'drone-ci': drone('drone'),
    slack: webhook('S3NTINEL-of-slack'),
    'microsoft-teams': webhook('S3NTINEL-of-teams'),
    asana: { api_key: 'S3NTINEL-of-asana' },
  })
})

const event = fc
  .record({
    kind: fc.oneof(fc.constantFrom(...KINDS), fc.string()),
    odd: fc.dictionary(fc.constantFrom(...PARTS), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 4 }),
    more: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 2 }),
  })
  .map(({ kind, odd, more }) => ({ ...more, ...pushBy('Ada'), ...odd, object_kind: kind }))

test(
  'any event is accepted, and no destination is stuck behind it',
  async () => {
    let posted = 0
    const property = fc.asyncProperty(event, async (json) => {
      const options = { method: 'POST', json, env: { DELIVERIES: undefined } }
      const dryRun = await ask(`projects/${place.id}/events?dry_run=true`, options)
      expect(dryRun.status).toBe(200)
      expect(JSON.stringify(dryRun.body)).not.toContain('S3NTINEL')
      expect((await ask(`projects/${place.id}/events`, options)).status).toBe(202)
      posted += 1
      await work(place.destinationIds)
      const open = (await deliveriesOf(place.destinationIds)).filter(({ dueAt }) => dueAt !== null)
      expect(open).toEqual([])
      receivers.requests.length = 0
    })
    await fc.assert(property, runs(0.05, 2))
    const deliveries = await deliveriesOf(place.destinationIds)
    expect(deliveries.filter(({ state }) => state === 'failed')).toEqual([])
    // Every eighth event at least is one that some service wants; how many there are depends on the machine.
    expect(deliveries.filter(({ state }) => state === 'delivered').length).toBeGreaterThan(posted / 8)
    expect(JSON.stringify(deliveries)).not.toContain('S3NTINEL')
  },
  LIMIT_MS,
)
