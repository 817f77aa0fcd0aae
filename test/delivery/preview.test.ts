import { describe, expect, test } from 'vitest'
import { eventSteps } from '../../src/delivery/attempt.ts'
import { preview, reasonForNothing } from '../../src/delivery/preview.ts'
import { toOccurrence } from '../../src/schema/payload.ts'
import type { Values } from '../../src/schema/service.ts'
import { registryFor } from '../../src/services/registry.ts'
import { jenkins, pushBy } from '../support/deliveries.ts'
import { contextFor, paramsOf } from '../support/delivery.ts'

function outline(slug: string, sent: Values, payload: object) {
  const service = registryFor(true).find(slug)
  const occurrence = toOccurrence({ ...payload }, JSON.stringify(payload))
  if (!service || !occurrence) throw new Error(slug)
  return { service, params: paramsOf(service, sent), steps: eventSteps(service, occurrence, contextFor(occurrence)) }
}

describe('a preview', () => {
  const job = outline('jenkins', jenkins('ci'), pushBy('Ada'))

  test('a preview shows the request with its secrets redacted, whole but for them', () => {
    const { steps, reason } = preview(job, false)
    expect(reason).toBeUndefined()
    expect(steps).toEqual([
      {
        method: 'POST',
        url: 'https://ci.example.com/project/rocket',
        headers: expect.objectContaining({ Authorization: 'Basic ada:***', 'User-Agent': expect.any(String) }),
        body: JSON.stringify(pushBy('Ada')),
      },
    ])
  })

  test('a preview shows the very request if it may show secrets', () => {
    const authorization = `Basic ${btoa('ada:correct horse battery')}`
    expect(preview(job, true).steps).toMatchObject([{ headers: { Authorization: authorization } }])
  })

  test('a preview ends at the first request whose response decides what follows, and says so', () => {
    const commits = [{ id: 'c'.repeat(40), message: 'Fixes #123', url: 'https://git.example.com/c' }]
    const { steps, reason } = preview(outline('asana', { api_key: 'key' }, pushBy('Ada', { commits })), false)
    expect([steps.length, reason]).toEqual([1, 'what follows depends on the response'])
  })
})

test('whether an event means anything to a service is known without its secrets', () => {
  expect(reasonForNothing(outline('jenkins', jenkins('ci'), pushBy('Ada')))).toBeUndefined()
  expect(reasonForNothing(outline('asana', { api_key: 'key' }, pushBy('Ada')))).toEqual(expect.any(String))
  expect(reasonForNothing(outline('asana', { api_key: 'key' }, { object_kind: 'issue' }))).toEqual(expect.any(String))
})
