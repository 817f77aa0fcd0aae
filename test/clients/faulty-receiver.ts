import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Behaviour of a receiver once it has read a request. */
export type Behaviour = (socket: Socket) => unknown

export interface Receiver {
  port: number
  /** Times of requests, by the first part of their path. */
  requests: Map<string, number[]>
  stop(): void
}

/** Starts a server that writes HTTP byte by byte: the first part of a path names what it does. */
export async function startReceiver(behaviours: Readonly<Record<string, Behaviour>>): Promise<Receiver> {
  const requests: Receiver['requests'] = new Map()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)))
    let text = ''
    socket.setEncoding('latin1').on('data', (chunk) => {
      text += chunk
      if (text.startsWith(TLS_HANDSHAKE)) socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
      if (!isWhole(text)) return
      const [, name = ''] = /^\w+ \/([\w-]+)/.exec(text) ?? []
      text = ''
      requests.set(name, [...(requests.get(name) ?? []), Date.now()])
      behaviours[name]?.(socket)
    })
  })
  server.listen(0)
  await once(server, 'listening')
  const stop = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { port: (server.address() as AddressInfo).port, requests, stop }
}

const TLS_HANDSHAKE = '\x16'

function isWhole(request: string): boolean {
  const end = request.indexOf('\r\n\r\n')
  const [, length = '0'] = /^content-length: (\d+)/im.exec(request.slice(0, end)) ?? []
  return end >= 0 && request.length >= end + 4 + Number(length)
}

/** Sends a response, whatever its headers promise, and closes the connection. */
export function respond(status: string, headers: readonly string[] = [], body: string | Buffer = ''): Behaviour {
  return (socket) => {
    socket.write(headOf(status, ['Connection: close', ...headers]), 'latin1')
    socket.end(body)
  }
}

/** Sends a beginning, and then a piece each second. */
export function drip(beginning: string, piece: string): Behaviour {
  return (socket) => {
    socket.write(beginning)
    const timer = setInterval(() => socket.write(piece), 1000)
    socket.on('close', () => clearInterval(timer))
  }
}

/** Sends a body for as long as anybody reads it. */
export function pour(): Behaviour {
  return async (socket) => {
    socket.write(headOf('200 OK', ['Transfer-Encoding: chunked']))
    while (!socket.destroyed) {
      socket.write(`400\r\n${'x'.repeat(1024)}\r\n`)
      await sleep(1)
    }
  }
}

function headOf(status: string, headers: readonly string[]): string {
  return [`HTTP/1.1 ${status}`, ...headers, '', ''].join('\r\n')
}
