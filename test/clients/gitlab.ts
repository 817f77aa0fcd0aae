import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'

/** A payload as GitLab sends it. */
export interface Sample {
  file: string
  /** `object_kind`, else `event_name`. */
  kind: string
  /** `X-Gitlab-Event`; null where GitLab's hooks never get it. */
  header: string | null
  flag: string
  body: Buffer
}

export interface Webhook {
  url: string
  /** The secret token of its form. */
  token: string
}

const FOLDER = new URL('../events/', import.meta.url)

export const samples: Sample[] = JSON.parse(readFileSync(new URL('index.json', FOLDER), 'utf8')).map(
  (sample: Omit<Sample, 'body'>) => ({ ...sample, body: readFileSync(new URL(sample.file, FOLDER)) }),
)

/** The headers of one request, which a repetition of it has too. */
export function headersFor({ header }: Sample, token: string): Record<string, string> {
  const key = randomUUID()
  return {
    'Content-Type': 'application/json',
    'User-Agent': 'GitLab/19.0.0',
    'X-Gitlab-Event-UUID': randomUUID(),
    'X-Gitlab-Instance': 'https://gitlab.example.com',
    'X-Gitlab-Webhook-UUID': randomUUID(),
    'Idempotency-Key': key,
    'webhook-id': key,
    'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
    ...(header && { 'X-Gitlab-Event': header }),
    'X-Gitlab-Token': token,
    Connection: 'close',
  }
}

/** Posts a body byte for byte. */
export async function send(url: string, headers: Record<string, string>, body: Buffer) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: Accepted }>()
  const options = { method: 'POST', headers: { ...headers, 'Content-Length': body.length } }
  request(url, options, async (response) =>
    resolve({ status: response.statusCode ?? 0, body: JSON.parse(await text(response)) }),
  )
    .on('error', reject)
    .end(body)
  return promise
}

interface Accepted {
  id: number | null
  kind: string
  duplicate: boolean
  deliveries: { id: number; destination: string }[]
}
