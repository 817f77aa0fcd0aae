import { describe, expect, test } from 'vitest'
import { ask, newSettings, newToken } from '../support/api.ts'
import { auditOf } from '../support/database.ts'
import { SLACK } from '../support/fixtures.ts'
import { Visitor } from '../support/pages.ts'
import { SIGNING, sign } from '../support/signed.ts'

const TOOL = 'https://forge.example.com'
const EMBEDDED = { ...SIGNING, CONSOLE_EMBEDDERS: `${TOOL} https://two.example.com:8443` }
const FRAME = { Origin: TOOL, 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Dest': 'iframe' }
const WINDOW = { Origin: TOOL, 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Dest': 'document' }

async function newHandOver(claims: Record<string, unknown> = {}) {
  const { id } = await newSettings('slack', SLACK)
  return { id, home: `/console/projects/${id}`, token: await sign({ project_id: id, ...claims }) }
}

async function newLink(id: number, json: Record<string, unknown> = {}) {
  const sent = { name: 'Grace', scopes: ['api'], ...json }
  const { status, body } = await ask(`projects/${id}/console_links`, { method: 'POST', json: sent })
  return { status, body, token: String(body.url ?? '').split('#')[1] ?? '' }
}

const ancestors = (response: Response) =>
  /frame-ancestors (.*)$/.exec(response.headers.get('Content-Security-Policy') ?? '')?.[1]

/** The sealed session that a page offers. */
const offerIn = (html: string) => /name="offer" value="([^"]+)"/.exec(html)?.[1] ?? ''

describe('a form of the tool in its frame', () => {
  test('begins a session that is good in that frame alone', async () => {
    const { home, token } = await newHandOver()
    const visitor = new Visitor(EMBEDDED)
    const response = await visitor.send('/console/enter', { token, return_to: home }, { headers: FRAME })
    expect([response.status, response.headers.get('Location')]).toEqual([303, home])
    expect(response.headers.get('Set-Cookie')).toMatch(/; Path=\/; HttpOnly; Secure; SameSite=None; Partitioned$/)
    const page = await visitor.open(home)
    expect([page.status, ancestors(page), page.headers.get('X-Frame-Options')]).toEqual([
      200,
      EMBEDDED.CONSOLE_EMBEDDERS,
      null,
    ])
  })

  test('looks as the tool asks, if what it asks for is a look', async () => {
    const { home, token } = await newHandOver()
    const look = async (theme: string, accent: string) => {
      const visitor = new Visitor(EMBEDDED)
      await visitor.send('/console/enter', { token, theme, accent }, { headers: FRAME })
      return visitor.read(home)
    }
    const asked = await look('dark', '3451D1')
    expect(asked).toContain('<html lang="en" class="dark">')
    expect(asked).toContain('href="/console/accent/3451D1"')
    const other = await look('dark" onload="x', '3451d1/../../evil')
    expect(other).toContain('<html lang="en"><head>')
    expect(other).not.toMatch(/evil|onload|accent/)
  })

  test('has no header, for the tool has one', async () => {
    const { home, token } = await newHandOver()
    const visitor = new Visitor(EMBEDDED)
    await visitor.send('/console/enter', { token }, { headers: FRAME })
    expect(await visitor.read(home)).not.toContain('<header')
  })
})

describe('no other page can be framed', () => {
  test.each(['/console', '/console/nothing'])('%s', async (path) => {
    const response = await new Visitor(EMBEDDED).open(path)
    expect([ancestors(response), response.headers.get('X-Frame-Options')]).toEqual(["'none'", 'DENY'])
  })

  test('of a session in a window', async () => {
    const { home, token } = await newHandOver()
    const visitor = await Visitor.signIn(token, EMBEDDED)
    expect(ancestors(await visitor.open(home))).toBe("'none'")
  })

  test('where no origin is configured', async () => {
    const response = await new Visitor().open('/console/enter')
    expect([ancestors(response), response.headers.get('X-Frame-Options')]).toEqual(["'none'", 'DENY'])
  })

  test('by what would change the policy', async () => {
    const visitor = new Visitor({
      CONSOLE_EMBEDDERS: "*; script-src 'unsafe-inline' javascript: https://x;y",
    })
    expect(ancestors(await visitor.open('/console/enter'))).toBe("'none'")
  })
})

describe('a form of another site in a window', () => {
  test('signs nobody in by itself: our own page accepts what it offers', async () => {
    const { home, token } = await newHandOver()
    const visitor = new Visitor(EMBEDDED)
    const page = await visitor.send('/console/enter', { token, return_to: home }, { headers: WINDOW })
    expect([page.status, visitor.cookie]).toEqual([200, ''])
    const accepted = await visitor.send('/console/session', { offer: offerIn(await page.text()), return_to: home })
    expect([accepted.status, accepted.headers.get('Location')]).toEqual([303, home])
    expect((await visitor.open(home)).status).toBe(200)
  })

  test('asks whoever is signed in as somebody else', async () => {
    const { home, token } = await newHandOver({ sub: 'mallory' })
    const other = await newHandOver({ sub: 'ada' })
    const visitor = await Visitor.signIn(other.token, EMBEDDED)
    const page = await visitor.send('/console/enter', { token, return_to: home }, { headers: WINDOW })
    const offer = offerIn(await page.text())
    const asked = await visitor.send('/console/session', { offer, return_to: home })
    expect(asked.status).toBe(200)
    expect(await asked.text()).toMatch(/signed in as <b>ada<\/b>.*is for <b>mallory<\/b>/)
    expect((await visitor.open(other.home)).status).toBe(200)
    await visitor.send('/console/session', { offer, return_to: home, change: 'yes' })
    expect((await visitor.open(home)).status).toBe(200)
  })

  test.each([
    ['that nobody sealed', 'v1.k1.AAAA.AAAA'],
    ['of plain text', '{"holder":{"digest":"00"}}'],
  ])('offers no session %s', async (_, offer) => {
    const visitor = new Visitor()
    expect([(await visitor.send('/console/session', { offer })).status, visitor.cookie]).toEqual([401, ''])
  })
})

describe('a link to the console', () => {
  test('opens it once, for the person and the rights that it was made for', async () => {
    const { id, home } = await newHandOver()
    const { status, body, token } = await newLink(id, { scopes: ['read_api'] })
    expect([status, body.url]).toEqual([201, expect.stringMatching(/^https:\/\/patchbay\.test\/console\/enter#v1\./)])
    const visitor = await Visitor.signIn(token)
    expect(await visitor.read(`${home}/services/slack`)).toContain('You may look at these settings')
    expect((await Visitor.signIn(token)).cookie).toBe('')
    const trail = (await auditOf(id)).filter(({ action }) => action.startsWith('link.'))
    expect(trail.map(({ action, actor_name }) => [action, actor_name])).toEqual([
      ['link.created', 'Instance'],
      ['link.used', 'Grace'],
    ])
  })

  test('may be loaded again by whoever has opened it', async () => {
    const { id, home } = await newHandOver()
    const { token } = await newLink(id)
    const visitor = new Visitor(EMBEDDED)
    for (let times = 0; times < 2; times++)
      expect((await visitor.send('/console/enter', { token, return_to: home }, { headers: FRAME })).status).toBe(303)
  })

  test.each([{ expires_in: 301 }, { expires_in: 0 }, { scopes: [] }, { access_level: 41 }, { name: '' }, { to: 'x' }])(
    'is refused with %j',
    async (json) => {
      const { id } = await newHandOver()
      expect((await newLink(id, json)).status).toBe(400)
    },
  )

  test('is no token of the API', async () => {
    const { id } = await newHandOver()
    const { token } = await newLink(id)
    for (const headers of [{ Authorization: `Bearer ${token}` }, { 'PRIVATE-TOKEN': token }])
      expect((await ask(`projects/${id}/services`, { token: null, headers })).status).toBe(401)
  })

  test('is made by the instance alone', async () => {
    const { id } = await newHandOver()
    const { token } = await newToken(id)
    const json = { name: 'x', scopes: ['api'] }
    expect((await ask(`projects/${id}/console_links`, { method: 'POST', token, json })).status).toBe(403)
  })
})

describe('CONSOLE_SIGN_IN_URL', () => {
  test('is offered first, with the page to come back to', async () => {
    const visitor = new Visitor({ CONSOLE_SIGN_IN_URL: `${TOOL}/patchbay?a=1`, CONSOLE_TOOL_NAME: 'Forge' })
    const html = await (await visitor.open('/console/projects/1')).text()
    expect(html).toContain('Continue with forge.example.com')
    expect(html).toContain(`href="${TOOL}/patchbay?a=1&amp;return_to=%2Fconsole%2Fprojects%2F1"`)
  })

  test('that is no web address is not offered', async () => {
    const visitor = new Visitor({ CONSOLE_SIGN_IN_URL: 'javascript:alert(1)' })
    expect(await (await visitor.open('/console')).text()).not.toContain('javascript')
  })
})
