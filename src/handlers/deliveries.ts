import { Hono } from 'hono'
import { presentDelivery, presentLog } from '../delivery/present.ts'
import type { AppEnv, RequestContext } from '../env.ts'
import { errors } from '../errors.ts'
import { access, type Lookup } from '../middleware/access.ts'
import { parameters } from '../middleware/parameters.ts'
import { validate } from '../middleware/validation.ts'
import { deliveriesQuery, resendBody } from '../schema/delivery.ts'
import { noParameters } from '../schema/no-parameters.ts'
import { rules } from '../schema/rules.ts'
import { retryTransient } from '../store/database.ts'
import {
  type DeliveryFilter,
  findDelivery,
  type ListedDelivery,
  listDeliveries,
  resendDelivery,
  resendFailed,
} from '../store/delivery-log.ts'
import { findSettings } from '../store/settings.ts'
import { notifyLater } from './notify-later.ts'
import { pageOf, setPageHeaders } from './pagination.ts'

/** Deliveries that one request makes due again. */
const RESEND_STEP = 500
/** Without a destination, every destination contributes its newest deliveries up to the end of the page. */
const MAX_DEPTH = 1000

function filterOf(c: RequestContext): DeliveryFilter {
  const { destination = null, state = null, event } = deliveriesQuery.safeParse(c.var.parameters).data ?? {}
  const id = Number(event)
  const byEvent = event === undefined ? null : Number.isSafeInteger(id) ? { id } : { kind: event }
  return { destination, state, event: byEvent }
}

const findList = ({ project, c }: Lookup) => {
  const filter = filterOf(c)
  const { size, offset } = pageOf(c)
  const isOne = filter.destination !== null
  const limit = isOne ? size + 1 : Math.min(offset + size, MAX_DEPTH) + 1
  return { deliveries: listDeliveries(project, filter, limit, isOne ? offset : 0) }
}

const findOne = ({ project, c }: Lookup) => {
  const id = Number(c.req.param('delivery_id'))
  return { delivery: findDelivery(project, Number.isSafeInteger(id) ? id : 0) }
}

const findDestination = ({ project, c }: Lookup) => ({
  settings: findSettings(project, String(c.var.parameters.destination ?? '')),
})

/** The deliveries of a project's events: `/projects/:id/deliveries`. */
export const deliveriesHandler = new Hono<AppEnv>()
  .get('/', parameters, access(rules.readSettings, findList), (c) => {
    const { destination } = validate(c, deliveriesQuery, { isOwn: true })
    const page = pageOf(c)
    if (destination === undefined && page.offset + page.size > MAX_DEPTH) throw tooDeep()
    // With a destination, the database has left out the earlier pages.
    const rows = newestFirst(c.var.rows.deliveries).slice(destination === undefined ? page.offset : 0)
    setPageHeaders(c, deliveriesQuery, page, rows.length > page.size, undefined)
    return c.json(rows.slice(0, page.size).map(presentDelivery))
  })
  .get('/:delivery_id{[0-9]+}', parameters, access(rules.readSettings, findOne), (c) => {
    validate(c, noParameters, { isOwn: true })
    return c.json(presentLog(unwrap(c.var.rows.delivery)))
  })
  .post('/:delivery_id{[0-9]+}/resend', parameters, access(rules.writeSettings, findOne), async (c) => {
    validate(c, noParameters, { isOwn: true })
    const delivery = unwrap(c.var.rows.delivery)
    await retryTransient(() => c.var.db.batch(resendDelivery(delivery, Date.now())))
    notifyLater(c, [delivery.settingsId])
    return c.json({ message: '202 Accepted' }, 202)
  })
  .post('/resend', parameters, access(rules.writeSettings, findDestination), async (c) => {
    const { since = 0 } = validate(c, resendBody, { isOwn: true })
    const { settings } = c.var.rows
    if (!settings) throw errors.notFound('Service')
    const [resent] = await retryTransient(() =>
      c.var.db.batch(resendFailed(settings.id, since, RESEND_STEP, Date.now())),
    )
    notifyLater(c, [settings.id])
    return c.json({ resent: resent.length, more: resent.length === RESEND_STEP }, 202)
  })

function newestFirst(rows: readonly ListedDelivery[]): ListedDelivery[] {
  return rows.toSorted((one, other) => other.eventId - one.eventId || other.id - one.id)
}

function unwrap<T>([row]: readonly T[]): T {
  if (!row) throw errors.notFound('Delivery')
  return row
}

function tooDeep() {
  return errors.parameters({ page: [`goes past ${MAX_DEPTH} deliveries: name a destination`] })
}
