import { and, type Column, eq, type GetColumnData, getTableColumns, type SQL, sql } from 'drizzle-orm'
import {
  type Delivery,
  deliveries,
  destinationHealth,
  events,
  projects,
  type Settings,
  settings,
} from '../schema/tables.ts'
import { query, type Statement } from './database.ts'
import { callerRead, type ProjectRef } from './project-read.ts'

const param = sql.placeholder
const { keyId, ...settingsColumns } = getTableColumns(settings)
const ofProject = eq(settings.projectId, projects.id)
const isCurrent = and(eq(destinationHealth.settingsId, settings.id), eq(destinationHealth.version, settings.version))

/** Columns under names of their own: in a batch D1 returns rows by name, and of two equal names one is lost. */
function prefixed<T extends Record<string, Column>>(prefix: string, columns: T) {
  const entries = Object.entries(columns).map(([key, column]) => [key, aliased(column, `${prefix}_${column.name}`)])
  return Object.fromEntries(entries) as { [K in keyof T]: SQL.Aliased<GetColumnData<T[K]>> }
}

function aliased(column: Column, name: string) {
  return sql`${column}`.mapWith(column).as(name)
}

export interface DestinationRow {
  settings: Settings
  /** Null if it is not paused. */
  pausedAt: number | null
}

const destinations = callerRead<DestinationRow>((from) =>
  from({ settings: prefixed('settings', settingsColumns), pausedAt: aliased(destinationHealth.pausedAt, 'paused_at') })
    .innerJoin(settings, and(ofProject, sql`${settings.active} = 1`))
    .leftJoin(destinationHealth, isCurrent),
)

/** The active settings of a project, in no order. */
export function listDestinations(project: ProjectRef) {
  return destinations(project)
}

/** The last attempt at a delivery, as JSON; null if there was none. */
const lastAttempt = sql<string | null>`${deliveries.log} -> '$[#-1]'`
const { log, checkpoint, lease, leasedUntil, ...listedColumns } = getTableColumns(deliveries)
const shown = {
  ...prefixed('delivery', listedColumns),
  kind: aliased(events.kind, 'event_kind'),
  slug: aliased(settings.slug, 'slug'),
  last: lastAttempt.as('last'),
}

export type ListedDelivery = Omit<Delivery, 'log' | 'checkpoint' | 'lease' | 'leasedUntil'> & {
  /** Null if the event was deleted. */
  kind: string | null
  slug: string
  last: string | null
}

/** Filter of a list of deliveries; null leaves a part out. */
export interface DeliveryFilter {
  destination: string | null
  state: Delivery['state'] | null
  event: { id: number } | { kind: string } | null
}

type EventFilter = 'any' | 'id' | 'kind'

const eventFilters: Record<EventFilter, SQL | undefined> = {
  any: undefined,
  id: sql`listed.event_id = ${param('eventId')}`,
  kind: sql`exists (select 1 from ${events} of where of.id = listed.event_id and of.kind = ${param('kind')})`,
}

/**
 * A page of each destination, from its index: sorting those of all destinations by time is left to the Worker. `failed`
 * is written out: only then does SQLite use the index of failed deliveries.
 */
function listing(event: EventFilter, isFailed: boolean) {
  const isState = isFailed
    ? sql`listed.state = 'failed'`
    : sql`(${param('state')} is null or listed.state = ${param('state')})`
  const page = sql`(
    select listed.id from ${deliveries} listed
    where ${and(sql`listed.settings_id = ${settings.id}`, isState, eventFilters[event])}
    order by listed.event_id desc limit ${param('limit')} offset ${param('offset')})`
  return callerRead<ListedDelivery>((from) =>
    from(shown)
      .innerJoin(settings, and(ofProject, sql`(${param('slug')} is null or ${settings.slug} = ${param('slug')})`))
      .innerJoin(deliveries, sql`${deliveries.id} in ${page}`)
      .leftJoin(events, eq(events.id, deliveries.eventId)),
  )
}

const listings = new Map<string, ReturnType<typeof listing>>()

/** Deliveries of each destination, newest first, `limit` of each; in no order among destinations. */
export function listDeliveries(
  project: ProjectRef,
  { destination, state, event }: DeliveryFilter,
  limit: number,
  offset: number,
) {
  const by: EventFilter = event === null ? 'any' : 'id' in event ? 'id' : 'kind'
  const name = `${by} ${state === 'failed'}`
  const read = listings.get(name) ?? listing(by, state === 'failed')
  listings.set(name, read)
  const eventParams = {
    eventId: event && 'id' in event ? event.id : null,
    kind: event && 'kind' in event ? event.kind : null,
  }
  return read(project, { slug: destination, state, ...eventParams, limit, offset })
}

export type LoggedDelivery = ListedDelivery & Pick<Delivery, 'log'>

const one = callerRead<LoggedDelivery>((from) =>
  from({ ...shown, log: aliased(deliveries.log, 'delivery_log') })
    .innerJoin(deliveries, eq(deliveries.id, param('delivery')))
    .innerJoin(settings, and(ofProject, eq(settings.id, deliveries.settingsId)))
    .leftJoin(events, eq(events.id, deliveries.eventId)),
)

/** A delivery of a project with its log: one row or none. */
export function findDelivery(project: ProjectRef, delivery: number) {
  return one(project, { delivery })
}

const resendOne = query((db) =>
  db
    .update(deliveries)
    .set(RESENT)
    .where(and(eq(deliveries.id, param('id')), sql`${deliveries.dueAt} is null`)),
)

/** One attempt more, with none after it. */
const RESENT = {
  state: sql`'pending'`,
  reason: sql`null`,
  dueAt: sql`${param('now')}`,
  maxAttempts: sql`${deliveries.attempts} + 1`,
  checkpoint: sql`null`,
}

const healthDelete = query((db) =>
  db.delete(destinationHealth).where(eq(destinationHealth.settingsId, param('settingsId'))),
)

/** Makes a complete delivery due, and ends the pause of its destination. */
export function resendDelivery({ id, settingsId }: Pick<Delivery, 'id' | 'settingsId'>, now: number): Statement[] {
  return [resendOne({ id, now }), healthDelete({ settingsId })]
}

const resendMany = query((db) =>
  db
    .update(deliveries)
    .set(RESENT)
    .where(
      sql`${deliveries.id} in (
        select failed.id from ${deliveries} failed
        where failed.settings_id = ${param('settingsId')} and failed.state = 'failed' and failed.created_at >= ${param('since')}
        order by failed.event_id limit ${param('limit')})`,
    )
    .returning({ id: deliveries.id }),
)

/** Makes the oldest failed deliveries of a destination due, and ends its pause. */
export function resendFailed(settingsId: number, since: number, limit: number, now: number) {
  return [resendMany({ settingsId, since, limit, now }), healthDelete({ settingsId })] as const
}

export interface HealthRow {
  settingsId: number
  failures: number | null
  since: number | null
  resumeAt: number | null
  pausedAt: number | null
  lastSuccessAt: number | null
  /** The last attempt at the newest delivery that arrived, as JSON. */
  lastDelivered: string | null
  isUsed: number
}

const lastDelivered = sql`(
  select arrived.log -> '$[#-1]' from ${deliveries} arrived
  where arrived.settings_id = ${settings.id} and arrived.state = 'delivered' order by arrived.event_id desc limit 1)`
const isUsed = sql`exists (select 1 from ${deliveries} any_delivery where any_delivery.settings_id = ${settings.id})`

const health = callerRead<HealthRow>((from) =>
  from({
    settingsId: aliased(settings.id, 'settings_id'),
    failures: aliased(destinationHealth.failures, 'failures'),
    since: aliased(destinationHealth.since, 'since'),
    resumeAt: aliased(destinationHealth.resumeAt, 'resume_at'),
    pausedAt: aliased(destinationHealth.pausedAt, 'paused_at'),
    lastSuccessAt: aliased(destinationHealth.lastSuccessAt, 'last_success_at'),
    // A failing destination may have many deliveries behind its last success, which its row remembers.
    lastDelivered: sql`case when ${destinationHealth.settingsId} is null then ${lastDelivered} end`.as(
      'last_delivered',
    ),
    isUsed: sql`${isUsed}`.as('is_used'),
  })
    .innerJoin(settings, ofProject)
    .leftJoin(destinationHealth, isCurrent),
)

/** Finds the health of each destination of a project, inactive ones too; in no order. */
export function listHealth(project: ProjectRef) {
  return health(project)
}
