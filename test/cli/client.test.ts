import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { ApiClient, nextPage } from '../../src/cli/client.ts'

describe('the next page of a list', () => {
  const cases: Readonly<Record<string, [Record<string, string>, string | undefined]>> = {
    'is the query of the link': [{ Link: '<https://a/b?page=2&x=1>; rel="next"' }, '/list?page=2&x=1'],
    'is found among other links': [
      { Link: '<https://a/b?page=1>; rel="first", <https://a/b?page=3,4>; foo=bar; rel=next' },
      '/list?page=3,4',
    ],
    'is not the last one': [{ Link: '<https://a/b?page=9>; rel="last"' }, undefined],
    'falls back to X-Next-Page': [{ 'X-Next-Page': '4' }, '/list?per_page=9&page=4'],
    'is undefined without a header': [{}, undefined],
    'is undefined after a broken link': [{ Link: '<https://a/b?page=9; rel="next"' }, undefined],
  }
  for (const [name, [headers, expected]] of Object.entries(cases))
    it(name, () => assert.equal(nextPage('/list?per_page=9', new Headers(headers)), expected))

  it('is found in linear time, whatever the header', () => {
    for (const part of ['<', '<>', '<>;', '<> ', ';', ' ', '<a> ; rel=']) {
      const text = part.repeat(300_000)
      assert.equal(nextPage('/list', new Headers({ Link: text.trim() || 'x' })), undefined)
    }
  })
})

describe('a client', () => {
  it('calls the API at an address with or without /api/v4, and any number of slashes', async () => {
    const { url, paths, stop } = await serve((_, response) => response.end('{}'))
    for (const suffix of ['', '/', '/api/v4', '/api/v4/', `/${'/'.repeat(5_000)}api/v4//`, '/gitlab/'])
      await clientOf(url + suffix).get('/user')
    stop()
    assert.deepEqual(paths, [...Array(5).fill('/api/v4/user'), '/gitlab/api/v4/user'])
  })

  it('does not follow a redirect to another origin, and sends its token nowhere else', async () => {
    const other = await serve((_, response) => response.end('{}'))
    const { url, stop } = await serve((_, response) => response.writeHead(302, { Location: other.url }).end())
    await assert.rejects(clientOf(url).get('/user'), /the source redirects to http:\/\/127\.0\.0\.1:\d+: use its final/)
    stop()
    other.stop()
    assert.deepEqual(other.paths, [])
  })

  it('repeats a request after 429, and gives up on a wait of more than two minutes', async () => {
    let count = 0
    const { url, stop } = await serve((_, response) => {
      count++
      if (count === 1) response.writeHead(429, { 'Retry-After': '0' }).end()
      else if (count === 2) response.end('[]')
      else response.writeHead(503, { 'Retry-After': '900' }).end()
    })
    assert.deepEqual(await clientOf(url).list('/list'), [])
    await assert.rejects(clientOf(url).get('/user'), /the source asks to wait 900 s: run the command again then/)
    stop()
  })
})

function clientOf(url: string): ApiClient {
  return new ApiClient({ name: 'the source', url, token: 'secret-token', progress: () => {} })
}

async function serve(listener: RequestListener) {
  const paths: string[] = []
  const server = createServer((request, response) => {
    paths.push(request.url ?? '')
    listener(request, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const stop = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${port}`, paths, stop }
}
