import { redactParams } from '../schema/service.ts'
import type { Step } from '../schema/step.ts'
import type { Job } from './attempt.ts'
import { NOTHING } from './destination.ts'
import { authorization, headersOf } from './transport.ts'

/** A step as data, as a dry run shows it. */
type PreviewedStep =
  | { method: string; url: string; headers: Record<string, string>; body: string | null }
  | { mail: { to: string[]; bcc: string[]; subject: string; headers: Record<string, string>; body: string } }
  | { tcp: { host: string; port: number; lines: string[] } }

export interface Preview {
  steps: PreviewedStep[]
  /** Reason for which nothing would be sent, or the list ends early. */
  reason: string | undefined
}

type Previewed = Pick<Job, 'service' | 'params' | 'steps'>

/** The requests that a delivery would make, up to the first one whose response decides what follows. */
export function preview({ service, params, steps }: Previewed, showSecrets: boolean): Preview {
  const run = steps(showSecrets ? params : redactParams(service, params))
  const previewed: PreviewedStep[] = []
  for (;;) {
    const next = run?.next(null)
    if (!next) return { steps: previewed, reason: NOTHING }
    if (next.done) return { steps: previewed, reason: next.value || undefined }
    previewed.push(presentStep(next.value, showSecrets))
    if ('method' in next.value && next.value.read)
      return { steps: previewed, reason: 'what follows depends on the response' }
  }
}

/**
 * Returns why a delivery would send nothing; undefined if it would. Redacted parameters suffice, so that no secret has
 * to be decrypted for an event without subscribers.
 */
export function reasonForNothing({ service, params, steps }: Previewed): string | undefined {
  try {
    const first = steps(redactParams(service, params))?.next(null)
    if (!first) return NOTHING
    return first.done ? first.value || NOTHING : undefined
  } catch {
    // Redacted parameters may have made it fail; only the delivery shows if it does.
    return undefined
  }
}

function presentStep(step: Step, showSecrets: boolean): PreviewedStep {
  if ('tcp' in step) return { tcp: { ...step.tcp, lines: [...step.tcp.lines] } }
  if ('mail' in step) {
    const { to, bcc = [], subject, headers = {}, text } = step.mail
    return { mail: { to: [...to], bcc: [...bcc], subject, headers: { ...headers }, body: text } }
  }
  const { method, url, auth, body = null } = step
  // Redacted credentials are shown as text: encoded, nobody would see which part is which.
  const shown = auth && (showSecrets || 'bearer' in auth ? authorization(auth) : `Basic ${auth.basic.join(':')}`)
  return { method, url, headers: { ...headersOf(step), ...(shown && { Authorization: shown }) }, body }
}
