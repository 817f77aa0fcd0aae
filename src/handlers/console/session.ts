import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { Enter, HandOver, SignIn } from '../../console/sign-in.tsx'
import { open, seal } from '../../crypto/seal.ts'
import { digest } from '../../crypto/token.ts'
import type { AppEnv, RequestContext } from '../../env.ts'
import { errors } from '../../errors.ts'
import { access } from '../../middleware/access.ts'
import { type Caller, keyOf, toActor } from '../../middleware/caller.ts'
import { type ConsoleLink, openLink } from '../../middleware/console-link.ts'
import { countRejections } from '../../middleware/rate-limit.ts'
import { sameOrigin } from '../../middleware/same-origin.ts'
import { beginSession, callerOf, endSession, type Frame, type Holder } from '../../middleware/session.ts'
import { isSigned, verifySigned } from '../../middleware/signed-token.ts'
import { rules } from '../../schema/rules.ts'
import { entryOf } from '../../settings/actor.ts'
import { insertLoneEntry } from '../../store/audit.ts'
import { openDatabase } from '../../store/database.ts'
import { findCaller } from '../../store/project-read.ts'
import { readForm, textOf } from './form-data.ts'
import { placeOf, respond, signInUrl } from './place.ts'

const HOME = '/console'
const OFFER = 'console/offer'
const OFFER_MS = 5 * 60 * 1000

/** A session that a link or a form of another site asks for, until its reader has accepted it. */
interface Offer {
  holder: Holder
  /** The user's name, for whoever accepts the offer. */
  name: string
  until: number
}

const anyone = access(rules.anyToken, () => ({}))

/** Signing in and out, and what a tool hands people over by. */
export const sessionHandler = new Hono<AppEnv>()
  .get('/enter', (c) =>
    respond(
      c,
      Enter({ place: placeOf(c), returnTo: returnPath(c.req.query('return_to')), look: lookOf(c.req.query()) }),
    ),
  )
  .post('/enter', async (c) => {
    const form = await readForm(c)
    const returnTo = returnPath(textOf(form, 'return_to'))
    const offer = await tryOffer(c, textOf(form, 'token'))
    if (!offer) return refuse(c, returnTo)
    if (c.req.header('Sec-Fetch-Dest') === 'iframe') {
      await beginSession(c, offer.holder, frameOf(form))
      return c.redirect(returnTo, 303)
    }
    const sealed = await seal(c.var.keyRing, OFFER, JSON.stringify(offer))
    return respond(c, HandOver({ place: placeOf(c), offer: sealed, returnTo }))
  })
  .use(sameOrigin)
  .get('/', async (c, next) => {
    if (c.get('session')) return next()
    return respond(c, SignIn({ place: placeOf(c), returnTo: HOME, signInUrl: signInUrl(c) }))
  })
  .get('/', anyone, (c) => {
    const { kind, project } = c.var.actor
    return c.redirect(kind === 'instance' ? '/console/projects' : `/console/projects/${project}`)
  })
  .post('/session', async (c) => {
    const form = await readForm(c)
    const returnTo = returnPath(textOf(form, 'return_to'))
    const sealed = textOf(form, 'offer')
    if (sealed) return accept(c, sealed, returnTo, form.has('change'))
    const offer = await tryOffer(c, textOf(form, 'token').trim())
    if (!offer) return refuse(c, returnTo)
    await beginSession(c, offer.holder, undefined)
    return c.redirect(returnTo, 303)
  })
  .post('/session/end', (c) => {
    endSession(c)
    return c.redirect(HOME, 303)
  })

/** Accepts an offer, unless somebody else is signed in, who is asked first. */
async function accept(c: Context<AppEnv>, sealed: string, returnTo: string, isConfirmed: boolean): Promise<Response> {
  const offer = await openOffer(c, sealed)
  if (!offer) return refuse(c, returnTo)
  const current = c.get('session')?.caller
  const offered = await callerOf(c, offer.holder)
  if (current && !isConfirmed && !isSamePerson(current, offered)) {
    const change = { from: await nameOf(c, current).catch(() => 'somebody else'), to: offer.name }
    return respond(c, HandOver({ place: placeOf(c), offer: sealed, returnTo, change }))
  }
  await beginSession(c, offer.holder, undefined)
  return c.redirect(returnTo, 303)
}

async function openOffer(c: RequestContext, sealed: string): Promise<Offer | undefined> {
  try {
    const offer = JSON.parse(await open(c.var.keyRing, OFFER, sealed)) as Offer
    return offer.until > Date.now() ? offer : undefined
  } catch {
    return undefined
  }
}

/** Returns the session that a token stands for; undefined if the token is not valid, which counts against the address. */
async function tryOffer(c: RequestContext, token: string): Promise<Offer | undefined> {
  try {
    return await countRejections(c, () => offerFor(c, token))
  } catch (error) {
    if (error instanceof HTTPException && error.status === 401) return undefined
    throw error
  }
}

async function offerFor(c: RequestContext, token: string): Promise<Offer> {
  const link = await openLink(c, token)
  if (link) return useLink(c, link)
  const holder = isSigned(c, token)
    ? { rights: await verifySigned(c, token) }
    : { digest: (await digest(token)).toHex() }
  const name = await nameOf(c, await callerOf(c, holder))
  return { holder, name, until: Date.now() + OFFER_MS }
}

/** Uses a link up: the trail takes its entry once. Who has its session already may load the page of the link again. */
async function useLink(c: RequestContext, { id, rights }: ConsoleLink): Promise<Offer> {
  const holder = { rights }
  const offer = { holder, name: rights.subject, until: Date.now() + OFFER_MS }
  const current = c.get('session')?.caller
  if (JSON.stringify(current) === JSON.stringify(await callerOf(c, holder))) return offer
  const actor = toActor(c, await callerOf(c, holder), undefined)
  const entry = entryOf(actor, {
    projectId: Number(rights.project),
    action: 'link.used',
    subject: id,
    changes: [],
    writeId: id,
    createdAt: Date.now(),
  })
  const [written] = await openDatabase(c.env.DB, 'first-primary').batch([insertLoneEntry(entry)] as const)
  if (written.length === 0) throw errors.unauthorized()
  return offer
}

/** @throws the 401 of a caller whose token is not valid */
async function nameOf(c: RequestContext, caller: Caller): Promise<string> {
  const finder = findCaller(keyOf(caller))
  const [found] = finder ? await openDatabase(c.env.DB, 'first-primary').batch([finder] as const) : []
  const { kind, name } = toActor(c, caller, found)
  return kind === 'instance' ? 'Operator' : name
}

function isSamePerson(one: Caller, other: Caller): boolean {
  if (one.kind === 'signed' && other.kind === 'signed') return one.rights.subject === other.rights.subject
  return JSON.stringify(one) === JSON.stringify(other)
}

function refuse(c: Context<AppEnv>, returnTo: string) {
  const error = 'That token is not valid, or not any more.'
  return respond(c, SignIn({ place: placeOf(c), returnTo, signInUrl: signInUrl(c), error }), 401)
}

/** Only pages of the console: else a link of ours would lead people anywhere. */
export function returnPath(path: string | undefined): string {
  return path && /^\/console(\/[\w./?=&%-]*)?$/.test(path) ? path : HOME
}

const LOOKS: Readonly<Record<keyof Frame, RegExp>> = { theme: /^(light|dark)$/, accent: /^[\da-f]{6}$/i }

/** The parameters of a frame's look that are valid. They become class names and paths, so nothing else may pass. */
function lookOf(sent: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(LOOKS).flatMap(([name, form]) => (form.test(sent[name] ?? '') ? [[name, sent[name] ?? '']] : [])),
  )
}

function frameOf(form: FormData): Frame {
  return lookOf({ theme: textOf(form, 'theme'), accent: textOf(form, 'accent') })
}
