import type { DeliveryContext } from './context.ts'
import type { Occurrence } from './payload.ts'
import type { HttpStep } from './step.ts'

type Options = Partial<Omit<HttpStep, 'url' | 'body' | 'method'>>

/**
 * A service hook: the event exactly as it was posted, with GitLab's headers. `event` is the value of `X-Gitlab-Event`;
 * most services get the same word for every kind.
 */
export function hook(
  url: string,
  { text }: Occurrence,
  { idempotencyKey, instance }: DeliveryContext,
  { event = 'Service Hook', ...options }: Options & { event?: string } = {},
): HttpStep {
  const headers = {
    'Content-Type': 'application/json',
    'X-Gitlab-Event': event,
    'Idempotency-Key': idempotencyKey,
    ...(instance && { 'X-Gitlab-Instance': instance }),
    ...options.headers,
  }
  return { method: 'POST', url, body: text, ...options, headers }
}
