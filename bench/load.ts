import { Agent, request } from 'node:http'

/** One request of the load. */
export interface LoadRequest {
  method?: 'POST' | 'PUT' | 'PATCH'
  path: string
  headers?: Record<string, string>
  body?: string
}

export interface Run {
  requests: number
  perSecond: number
  /** Milliseconds, one for each request. */
  latencies: readonly number[]
}

export const CONNECTIONS = 8

/** Keeps each connection busy with one request after another, until `isOver`. A response other than 2xx ends it all. */
export async function load(
  url: URL,
  requestOf: (connection: number) => LoadRequest,
  isOver: (requests: number, milliseconds: number) => boolean,
  connections = CONNECTIONS,
): Promise<Run> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const latencies: number[] = []
  const start = performance.now()
  const elapsed = () => performance.now() - start
  const busy = Array.from({ length: connections }, async (_, connection) => {
    while (!isOver(latencies.length, elapsed())) latencies.push(await send(agent, url, requestOf(connection)))
  })
  await Promise.all(busy)
  const perSecond = (latencies.length / elapsed()) * 1000
  agent.destroy()
  return { requests: latencies.length, perSecond, latencies }
}

function send(agent: Agent, url: URL, { body, ...options }: LoadRequest): Promise<number> {
  const start = performance.now()
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host: url.hostname, port: url.port, ...options }, (response) => {
      const { statusCode = 0 } = response
      if (statusCode < 200 || statusCode > 299) reject(new Error(`${options.path} returned ${statusCode}`))
      response.resume()
      response.on('end', () => resolve(performance.now() - start))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
