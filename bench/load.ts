import { Agent, request } from 'node:http'

/** One request of the load. */
export interface Shot {
  method?: 'PUT'
  path: string
  headers?: Record<string, string>
  body?: string
}

export interface Leg {
  perSecond: number
  /** Milliseconds, one for each request. */
  latencies: readonly number[]
}

export const CONNECTIONS = 8

/** Keeps each connection busy with one request after another, until `isOver`. An answer other than 2xx ends it all. */
export async function load(
  url: URL,
  shot: (connection: number) => Shot,
  isOver: (requests: number, milliseconds: number) => boolean,
  connections = CONNECTIONS,
): Promise<Leg> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const latencies: number[] = []
  const start = performance.now()
  const elapsed = () => performance.now() - start
  const busy = Array.from({ length: connections }, async (_, connection) => {
    while (!isOver(latencies.length, elapsed())) latencies.push(await send(agent, url, shot(connection)))
  })
  await Promise.all(busy)
  const perSecond = (latencies.length / elapsed()) * 1000
  agent.destroy()
  return { perSecond, latencies }
}

function send(agent: Agent, url: URL, { body, ...shot }: Shot): Promise<number> {
  const start = performance.now()
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host: url.hostname, port: url.port, ...shot }, (response) => {
      const { statusCode = 0 } = response
      if (statusCode < 200 || statusCode > 299) reject(new Error(`${shot.path} answered ${statusCode}`))
      response.resume()
      response.on('end', () => resolve(performance.now() - start))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
