import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Answer {
  status?: number
  headers?: Readonly<Record<string, string>>
  body?: unknown
  text?: string
}

type Answers = Readonly<Record<string, Answer | readonly Answer[]>>

export interface Recording {
  url: string
  /** Requests in order: method, path, number of the page. */
  asked: readonly string[]
  stop(): void
}

/**
 * Plays a file of `recorded/`: answers typed out in the shapes of docs/gitlab.md#shapes, with invented values.
 * Each route gives its answers in their order, the last one again and again.
 */
export async function play(name: string, token: string): Promise<Recording> {
  const file = new URL(`recorded/${name}.json`, import.meta.url)
  const answers: Answers = JSON.parse(readFileSync(file, 'utf8'))
  const asked: string[] = []
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
    const page = searchParams.get('page')
    const route = `${request.method} ${pathname.replace('/api/v4', '')}${page ? ` page ${page}` : ''}`
    const answer = request.headers['private-token'] === token ? next(route) : UNAUTHORIZED
    asked.push(route)
    response.writeHead(answer.status ?? 200, { 'Content-Type': 'application/json', ...answer.headers })
    response.end(answer.text ?? JSON.stringify(answer.body))
  })

  function next(route: string): Answer {
    const recorded = [answers[route] ?? NO_ROUTE].flat()
    return recorded[asked.filter((before) => before === route).length] ?? recorded.at(-1) ?? NO_ROUTE
  }

  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, asked, stop: () => server.close() }
}

const NO_ROUTE: Answer = { status: 404, body: { error: '404 Not Found' } }
const UNAUTHORIZED: Answer = { status: 401, body: { message: '401 Unauthorized' } }
