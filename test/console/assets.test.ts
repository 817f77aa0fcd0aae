import { env } from 'cloudflare:workers'
import { expect, test, vi } from 'vitest'
import { newProject } from '../support/api.ts'

test.each(['/console/console.css', '/catalog/'])(
  'the console reads an asset again that could not be read once: %s',
  async (path) => {
    vi.resetModules()
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const { Visitor } = await import('../support/pages.ts')
    let failing = ''
    const ASSETS = {
      fetch: (url: URL, init?: RequestInit) => {
        if (failing && url.pathname.startsWith(failing)) throw new Error('unavailable')
        return env.ASSETS.fetch(url, init)
      },
    }
    const { id } = await newProject()
    const services = `/console/projects/${id}`
    failing = path
    const early = new Visitor({ ASSETS })
    await early.send('/console/session', { token: env.ADMIN_TOKEN })
    expect((await early.open(services)).status).toBe(500)
    failing = ''
    const visitor = await Visitor.signIn(env.ADMIN_TOKEN, { ASSETS })
    expect((await visitor.open(services)).status).toBe(200)
  },
)
