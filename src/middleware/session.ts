import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { open, seal } from '../crypto/seal.ts'
import type { AppEnv, RequestContext } from '../env.ts'
import { type Caller, callerWith } from './caller.ts'
import type { SignedRights } from './signed-token.ts'

const PLACE = 'console/session'
const HOUR = 60 * 60 * 1000
const TOKEN_MS = 12 * HOUR
const INSTANCE_MS = 2 * HOUR
/** From the signature on: the link itself may be valid for a minute only. */
const SIGNED_MS = HOUR

/** The trace of a token: its SHA-256 in hexadecimal, or the rights that it was signed for. Never the token. */
export type Holder = { digest: string } | { rights: SignedRights }

/** The look that a tool wants in its frame. */
export interface Frame {
  theme?: 'light' | 'dark' | undefined
  /** A colour: six hexadecimal digits. */
  accent?: string | undefined
}

interface Kept {
  holder: Holder
  /** Milliseconds since 1970. */
  until: number
  /** Undefined in a window of its own. */
  frame?: Frame | undefined
}

export interface Session {
  caller: Caller
  frame: Frame | undefined
}

/** Sets the session that the cookie holds; none if it is over, or was sealed by a key that is gone. */
export const session = createMiddleware<AppEnv>(async (c, next) => {
  const kept = await readCookie(c)
  if (kept && kept.until > Date.now()) c.set('session', { caller: await callerOf(c, kept.holder), frame: kept.frame })
  await next()
})

async function readCookie(c: RequestContext): Promise<Kept | undefined> {
  const cookies = (c.req.header('Cookie') ?? '').split(/; */)
  const start = `${nameOf(c)}=`
  const sealed = cookies.find((cookie) => cookie.startsWith(start))?.slice(start.length)
  if (!sealed) return undefined
  try {
    return JSON.parse(await open(c.get('keyRing'), PLACE, sealed)) as Kept
  } catch {
    return undefined
  }
}

/** Returns the caller that a session stands for. A token that is no longer the instance's becomes that of nobody. */
export async function callerOf(c: RequestContext, holder: Holder): Promise<Caller> {
  return 'rights' in holder
    ? { kind: 'signed', rights: holder.rights }
    : callerWith(c, Uint8Array.fromHex(holder.digest))
}

/** Gives the browser a session. In a frame, browsers keep a cookie for the site that has the frame, and only if it asks for that. */
export async function beginSession(c: Context<AppEnv>, holder: Holder, frame: Frame | undefined): Promise<void> {
  const kept: Kept = { holder, until: await endOf(c, holder), frame }
  const value = await seal(c.get('keyRing'), PLACE, JSON.stringify(kept))
  writeCookie(c, value, frame ? 'SameSite=None; Partitioned' : 'SameSite=Strict')
}

/** Removes the session from the browser. */
export function endSession(c: Context<AppEnv>): void {
  const attributes = c.get('session')?.frame ? 'SameSite=None; Partitioned' : 'SameSite=Strict'
  writeCookie(c, '', `${attributes}; Max-Age=0`)
}

async function endOf(c: RequestContext, holder: Holder): Promise<number> {
  if ('rights' in holder) return holder.rights.issuedAt + SIGNED_MS
  const { kind } = await callerOf(c, holder)
  return Date.now() + (kind === 'instance' ? INSTANCE_MS : TOKEN_MS)
}

function writeCookie(c: Context<AppEnv>, value: string, attributes: string): void {
  const secure = isSecure(c) ? 'Secure; ' : ''
  c.header('Set-Cookie', `${nameOf(c)}=${value}; Path=/; HttpOnly; ${secure}${attributes}`)
}

/** The prefix keeps other hosts of the domain from setting the cookie. Over plain http, as in development, no browser accepts it. */
function nameOf(c: RequestContext): string {
  return isSecure(c) ? '__Host-patchbay' : 'patchbay'
}

function isSecure(c: RequestContext): boolean {
  return c.req.url.startsWith('https://')
}
