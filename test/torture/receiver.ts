import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/** A request that the receiver took, whether its answer arrived or the sender was killed before. */
export interface Receipt {
  destination: string
  /** Stands in the payload. */
  event: number
}

export interface Receiver {
  url: string
  receipts: readonly Receipt[]
  /** Requests that were refused; they are to come again. */
  refused(): number
}

const MAX_DELAY_MS = 80
const REFUSED_SHARE = 0.02

/** Text that stands in the payload of an event, and that services pass on as it is. */
export function markOf(event: number): string {
  return `zqevent${event}z`
}

/** Receives for every destination, below the path of its name, and takes its time. Some it refuses the first time. */
export async function startReceiver(): Promise<Receiver> {
  const receipts: Receipt[] = []
  const seen = new Set<string>()
  let refused = 0
  const server = createServer(async (request, response) => {
    const receipt = await receive(request)
    const delivery = `${receipt.event} at ${receipt.destination}`
    const isRefused = !seen.has(delivery) && Math.random() < REFUSED_SHARE
    seen.add(delivery)
    if (isRefused) refused += 1
    else receipts.push(receipt)
    await sleep(Math.random() * MAX_DELAY_MS)
    response.writeHead(isRefused ? 503 : 200, { 'Content-Type': 'application/json' }).end('{"event_id":"$1"}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, receipts, refused: () => refused }
}

async function receive(request: IncomingMessage): Promise<Receipt> {
  const [, destination = ''] = request.url?.split(/[/?]/) ?? []
  const [, event] = /zqevent(\d+)z/.exec(await text(request)) ?? []
  return { destination, event: Number(event) }
}
