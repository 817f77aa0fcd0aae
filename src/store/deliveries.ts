import { and, type Column, eq, type GetColumnData, getTableColumns, type SQL, sql } from 'drizzle-orm'
import {
  type Delivery,
  type DestinationHealth,
  deliveries,
  destinationHealth,
  events,
  projects,
  settings,
} from '../schema/tables.ts'
import { type Found, insertWhere, query, type Statement } from './database.ts'

export interface NewEvent {
  projectId: number
  key: string
  kind: string
  body: string
  createdAt: number
}

const param = sql.placeholder
const now = param('now')
const { keyId, ...settingsColumns } = getTableColumns(settings)

/** Columns under names of their own. In a batch D1 returns rows by name, and of two equal names one is lost. */
function prefixed<T extends Record<string, Column>>(
  prefix: string,
  columns: T,
): { [K in keyof T]: SQL.Aliased<GetColumnData<T[K]>> } {
  const entries = Object.entries(columns).map(([key, column]) => [
    key,
    sql`${column}`.mapWith(column).as(`${prefix}_${column.name}`),
  ])
  return Object.fromEntries(entries)
}

const eventInsert = query((db) => {
  const project = db
    .select({ id: projects.id })
    .from(projects)
    .where(eq(projects.id, param('projectId')))
  return insertWhere(db, events, sql`exists ${project}`, { id: sql`null` })
})

/** Writes nothing if the project has an event of this key, or is gone. */
export function insertEvent(event: NewEvent): Statement {
  return eventInsert({ ...event })
}

const isEvent = and(eq(events.projectId, param('projectId')), eq(events.key, param('key')))

const inserted = query((db) =>
  db
    .select({ isNew: sql<number>`changes() = 1`.as('is_new') })
    .from(events)
    .where(isEvent),
)

/** Directly after `insertEvent`: whether it inserted the event. Reading does not change that for what follows. */
export function findInserted({ projectId, key }: Pick<NewEvent, 'projectId' | 'key'>) {
  return inserted({ projectId, key })
}

/** Not `last_insert_rowid()`: it moves on while deliveries are inserted. */
const ownEvent = sql`(select ${events.id} from ${events} where ${events.projectId} = ${param('projectId')} and ${events.key} = ${param('key')})`

const deliveriesInsert = query((db) =>
  db.insert(deliveries).select(
    sql`select null, ${ownEvent}, ${settings.id}, 'pending', null, ${now}, 0, ${param('maxAttempts')}, 0, 0, '[]', null, ${now}
        from json_each(${param('destinations')}) as destination join ${settings} on ${settings.id} = destination.value where changes() = 1`,
  ),
)

/** After `insertEvent`, with only reads between: one delivery for each destination if the event was inserted. */
export function insertDeliveries(
  event: Pick<NewEvent, 'projectId' | 'key'>,
  destinationIds: readonly number[],
  maxAttempts: number,
  at: number,
): Statement {
  return deliveriesInsert({ ...event, destinations: JSON.stringify(destinationIds), maxAttempts, now: at })
}

const accepted = query((db) =>
  db
    .select({
      id: sql<number>`${events.id}`.as('event_id'),
      createdAt: sql<number>`${events.createdAt}`.as('event_created_at'),
      deliveryId: sql<number | null>`${deliveries.id}`.as('delivery_id'),
      state: sql<Delivery['state'] | null>`${deliveries.state}`.as('delivery_state'),
      settingsId: sql<number | null>`${settings.id}`.as('settings_id'),
      slug: sql<string | null>`${settings.slug}`.as('slug'),
    })
    .from(events)
    .leftJoin(settings, eq(settings.projectId, events.projectId))
    .leftJoin(deliveries, and(eq(deliveries.settingsId, settings.id), eq(deliveries.eventId, events.id)))
    .where(isEvent),
)

/** The event of a key, and each destination of its project with its delivery if it has one. */
export function findAccepted({ projectId, key }: Pick<NewEvent, 'projectId' | 'key'>) {
  return accepted({ projectId, key })
}

/** Deliveries among which a lease looks for another one of its destination: the leased delivery is among the first that wait. */
const LEASE_WINDOW = 100

const isEdited = sql`${destinationHealth.version} <> ${settings.version}`
/** Nothing holds the destination back. Once its settings were edited, earlier failures no longer count. */
const isFree = sql`(${destinationHealth.settingsId} is null or ${isEdited}
  or (${destinationHealth.pausedAt} is null and ${destinationHealth.resumeAt} <= ${now}))`
/**
 * The first due delivery of a destination; after an edit of its settings all are due. The index of open deliveries is in
 * order of ids, so few rows are read however many wait.
 */
const firstDue = sql`(
  select due.id from ${deliveries} due
  where due.settings_id = ${settings.id} and due.due_at is not null and (due.due_at <= ${now} or ${isEdited})
  order by due.id limit 1)`
const isLeased = sql`exists (
  select 1 from (
    select open.leased_until from ${deliveries} open
    where open.settings_id = ${settings.id} and open.due_at is not null
    order by open.id limit ${sql.raw(String(LEASE_WINDOW))}
  ) where leased_until > ${now})`
const requested = sql`json_each(${param('destinations')}) as destination`
const withHealth = sql`left join ${destinationHealth} on ${destinationHealth.settingsId} = ${settings.id}`

const leasing = query((db) =>
  db
    .update(deliveries)
    .set({
      lease: sql`${param('lease')}`,
      leasedUntil: sql`${param('until')}`,
      attempts: sql`${deliveries.attempts} + 1`,
    })
    .where(
      sql`${deliveries.id} in (
        select ${firstDue} from ${requested}
        join ${settings} on ${settings.id} = destination.value ${withHealth}
        where ${isFree} and not ${isLeased})`,
    ),
)

const leased = query((db) =>
  db
    .select({
      delivery: prefixed('delivery', getTableColumns(deliveries)),
      event: prefixed('event', { kind: events.kind, body: events.body, createdAt: events.createdAt }),
      project: prefixed('project', getTableColumns(projects)),
      settings: prefixed('settings', settingsColumns),
      health: prefixed('health', getTableColumns(destinationHealth)),
    })
    .from(requested)
    .innerJoin(settings, sql`${settings.id} = destination.value`)
    .innerJoin(projects, eq(projects.id, settings.projectId))
    .leftJoin(destinationHealth, eq(destinationHealth.settingsId, settings.id))
    .innerJoin(deliveries, eq(deliveries.id, firstDue))
    .innerJoin(events, eq(events.id, deliveries.eventId))
    .where(eq(deliveries.lease, param('lease'))),
)

export interface Lease {
  /** Random: it recognises the deliveries that this lease took. */
  lease: number
  now: number
  until: number
}

/**
 * Takes the first due delivery of each destination until `until`, one a destination at a time. Settings, secrets and
 * project come along as they are now.
 */
export function leaseDeliveries(destinationIds: readonly number[], lease: Lease) {
  const values = { ...lease, destinations: JSON.stringify(destinationIds) }
  return [leasing(values), leased(values)] as const
}

export type LeasedDelivery = Found<ReturnType<typeof leaseDeliveries>>[1][number]

/** The columns of a left join are null together, which their types do not say. */
export function hasHealth({ health }: Pick<LeasedDelivery, 'health'>): boolean {
  return health.settingsId !== null
}

/** The health of the destination, unless its settings were edited since. */
export function currentHealth({ health, settings: row }: LeasedDelivery): DestinationHealth | null {
  return hasHealth({ health }) && health.version === row.version ? health : null
}

export type DeliveryResult = Pick<
  Delivery,
  'id' | 'attempts' | 'maxAttempts' | 'state' | 'reason' | 'dueAt' | 'log' | 'checkpoint'
>

const completion = query((db) =>
  db
    .update(deliveries)
    .set({
      state: sql`${param('state')}`,
      reason: sql`${param('reason')}`,
      dueAt: sql`${param('dueAt')}`,
      maxAttempts: sql`${param('maxAttempts')}`,
      log: sql`${param('log')}`,
      checkpoint: sql`${param('checkpoint')}`,
      leasedUntil: sql`0`,
    })
    .where(and(eq(deliveries.id, param('id')), eq(deliveries.attempts, param('attempts')))),
)

/** Writes the result of an attempt and ends the lease; nothing if another worker has begun an attempt since. */
export function completeAttempt(result: DeliveryResult): Statement {
  const { log, checkpoint } = result
  return completion({ ...result, log: JSON.stringify(log), checkpoint: checkpoint && JSON.stringify(checkpoint) })
}

/** The time of the last attempt at a delivery. */
const lastAttemptAt = (log: SQL) => sql`${log} ->> '$[#-1].at'`

const healthUpsert = query((db) => {
  const column = (name: keyof DestinationHealth) => param(name)
  const lastSuccess = sql`(
    select ${lastAttemptAt(sql`earlier.log`)} from ${deliveries} earlier
    where earlier.settings_id = ${param('settingsId')} and earlier.state = 'delivered'
    order by earlier.event_id desc limit 1)`
  return db
    .insert(destinationHealth)
    .select(
      sql`select ${column('settingsId')}, ${column('version')}, ${column('failures')}, ${column('rejections')},
        ${column('since')}, ${column('resumeAt')}, ${column('pausedAt')},
        case when ${column('failures')} = 1 then ${lastSuccess} else ${column('lastSuccessAt')} end
        where changes() = 1`,
    )
    .onConflictDoUpdate({
      target: destinationHealth.settingsId,
      set: {
        version: sql`excluded.version`,
        failures: sql`excluded.failures`,
        rejections: sql`excluded.rejections`,
        since: sql`excluded.since`,
        resumeAt: sql`excluded.resume_at`,
        pausedAt: sql`excluded.paused_at`,
        lastSuccessAt: sql`excluded.last_success_at`,
      },
    })
})

/** Directly after `completeAttempt`: the destination failed. The first failure finds the last success itself. */
export function recordFailure(health: DestinationHealth): Statement {
  return healthUpsert({ ...health })
}

const healthDelete = query((db) =>
  db.delete(destinationHealth).where(eq(destinationHealth.settingsId, param('settingsId'))),
)
const hastening = query((db) =>
  db
    .update(deliveries)
    .set({ dueAt: sql`${now}` })
    .where(and(eq(deliveries.settingsId, param('settingsId')), sql`${deliveries.dueAt} > ${now}`)),
)

/** The destination works again: whatever waits for it is due. */
export function recordRecovery(settingsId: number, at: number): Statement[] {
  return [healthDelete({ settingsId }), hastening({ settingsId, now: at })]
}

const abandonment = query((db) =>
  db
    .update(deliveries)
    .set({ state: sql`'failed'`, reason: sql`${param('reason')}`, dueAt: sql`null`, checkpoint: sql`null` })
    .where(
      and(eq(deliveries.settingsId, param('settingsId')), sql`${deliveries.dueAt} is not null`, sql`changes() = 1`),
    ),
)

/** Directly after the statement that pauses a destination: whatever waits for it has failed. */
export function failWaiting(settingsId: number, reason: string): Statement {
  return abandonment({ settingsId, reason })
}

/** Destinations with open deliveries are found by one step along their index each, however many deliveries wait. */
const overdue = query((db) => {
  const next = sql`(select min(next.settings_id) from ${deliveries} next where next.due_at is not null and next.settings_id > open.id)`
  const open = sql`(
    with recursive open(id) as (
      select min(${deliveries.settingsId}) from ${deliveries} where ${deliveries.dueAt} is not null
      union all select ${next} from open where open.id is not null)
    select id from open) as open`
  return db
    .select({ settingsId: settings.id })
    .from(open)
    .innerJoin(settings, sql`${settings.id} = open.id`)
    .leftJoin(destinationHealth, eq(destinationHealth.settingsId, settings.id))
    .where(
      and(
        isFree,
        sql`exists (
          select 1 from ${deliveries} late
          where late.settings_id = ${settings.id} and late.due_at is not null and (late.due_at <= ${param('before')} or ${isEdited}))`,
      ),
    )
    .limit(param('limit'))
})

/** Destinations that should have been worked on by now. */
export function listOverdue(before: number, at: number, limit: number) {
  return overdue({ before, now: at, limit })
}

const oldest = (table: string) =>
  sql`id <= (select max(id) from (select id from ${sql.raw(table)} order by id limit ${param('limit')}))`
const deliveriesDelete = query((db) =>
  db
    .delete(deliveries)
    .where(and(oldest('deliveries'), sql`${deliveries.createdAt} < ${param('before')}`))
    .returning({ id: deliveries.id }),
)
const eventsDelete = query((db) =>
  db
    .delete(events)
    .where(and(oldest('events'), sql`${events.createdAt} < ${param('before')}`))
    .returning({ id: events.id }),
)

/** Deletes some of the events and deliveries that are older, complete or not. */
export function deleteOlder(before: number, limit: number) {
  return [deliveriesDelete({ before, limit }), eventsDelete({ before, limit })] as const
}
