import { sql } from 'drizzle-orm'
import { customType, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { Values } from './service.ts'
import type { Json } from './step.ts'

/** Text that compares without regard to ASCII case, as paths and searches do. */
const caseless = customType<{ data: string }>({ dataType: () => 'text COLLATE NOCASE' })

const id = () => integer('id').primaryKey({ autoIncrement: true })
/** Milliseconds since 1970. */
const time = (name: string) => integer(name)

export const projects = sqliteTable(
  'projects',
  {
    id: id(),
    name: caseless('name').notNull(),
    path: caseless('path').notNull(),
    fullPath: caseless('full_path').notNull(),
    description: text('description'),
    defaultBranch: text('default_branch').notNull(),
    emailsEnabled: integer('emails_enabled', { mode: 'boolean' }).notNull(),
    /** Names, in which `*` stands for any text. */
    protectedBranches: text('protected_branches', { mode: 'json' }).$type<readonly string[]>().notNull(),
    version: integer('version').notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('projects_full_path').on(table.fullPath),
    index('projects_path').on(table.path),
    index('projects_name').on(table.name),
  ],
)

/** The ids of deleted projects, which no new project may take. */
export const retiredProjects = sqliteTable('retired_projects', { id: id() })

export interface SecretMeta {
  fingerprint: string
  /** Milliseconds since 1970. */
  updatedAt: number
}

/** Settings that a project saved for a service: one row for each slug. */
export const settings = sqliteTable(
  'settings',
  {
    id: id(),
    projectId: integer('project_id')
      .notNull()
      .references(() => projects.id, { onDelete: 'cascade' }),
    slug: text('slug').notNull(),
    version: integer('version').notNull(),
    active: integer('active', { mode: 'boolean' }).notNull(),
    /** Event flags, by the bits of `events.ts`. */
    flags: integer('flags').notNull(),
    params: text('params', { mode: 'json' }).$type<Values>().notNull(),
    /** All secrets of the row, sealed together; null where there is none. */
    secrets: text('secrets'),
    /** The id of the key that sealed them, as the sealed text names it. */
    keyId: text('key_id').generatedAlwaysAs(sql`substr(secrets, 4, instr(substr(secrets, 4), '.') - 1)`),
    /** Facts about each secret, in clear, so that no read opens the seal. */
    secretsMeta: text('secrets_meta', { mode: 'json' }).$type<Readonly<Record<string, SecretMeta>>>().notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('settings_project_slug').on(table.projectId, table.slug),
    index('settings_active').on(table.projectId).where(sql`${table.active} = 1`),
    index('settings_key').on(table.keyId).where(sql`${table.keyId} is not null`),
  ],
)

export const tokens = sqliteTable(
  'tokens',
  {
    id: id(),
    projectId: integer('project_id')
      .notNull()
      .references(() => projects.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    /** SHA-256 of the token, in hexadecimal. The token itself is kept nowhere. */
    digest: text('digest').notNull(),
    scopes: text('scopes', { mode: 'json' }).$type<readonly Scope[]>().notNull(),
    accessLevel: integer('access_level').notNull(),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    revokedAt: time('revoked_at'),
    /** The token that began the chain of rotations which led to this one; null where this one began it. */
    familyId: integer('family_id'),
    /** A signed user created it, or the token of one rotated itself. */
    bySignedUser: integer('by_signed_user', { mode: 'boolean' }).notNull(),
    /** To the hour. */
    lastUsedAt: time('last_used_at'),
  },
  (table) => [
    uniqueIndex('tokens_digest').on(table.digest),
    index('tokens_project').on(table.projectId),
    index('tokens_live').on(table.projectId, table.expiresAt).where(sql`${table.revokedAt} is null`),
  ],
)

export const SCOPES = ['api', 'read_api', 'read_secrets', 'send_events'] as const
export type Scope = (typeof SCOPES)[number]

/** Changes and their actors. Written in the transaction of the change, never edited, never deleted by the product. */
export const audit = sqliteTable(
  'audit',
  {
    /**
     * Without AUTOINCREMENT, which writes one more row for each entry. An id could come back only if the newest entry were
     * deleted: operators delete the oldest ones (docs/operations.md), and nothing refers to entries by id.
     */
    id: integer('id').primaryKey(),
    /** The project of the change; it outlives the project. */
    projectId: integer('project_id').notNull(),
    action: text('action').notNull(),
    /** The object of the change: the slug of settings, or the id of a token or project. */
    subject: text('subject').notNull(),
    /** A name alone identifies nobody: a tool may sign for a user called Instance. */
    actorKind: text('actor_kind').$type<ActorKind>().notNull(),
    /** The id of the user that `GET /user` returns: 1 for the instance, 0 for signed users. */
    actorId: integer('actor_id').notNull(),
    actorName: text('actor_name').notNull(),
    address: text('address'),
    requestId: text('request_id').notNull(),
    /** Unique to the write, so that a repeated one recognises itself. */
    writeId: text('write_id').notNull(),
    changes: text('changes', { mode: 'json' }).$type<readonly Change[]>().notNull(),
    createdAt: time('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('audit_write').on(table.writeId),
    // In the order of pages. With the subject in it, entries of other subjects are passed over without being read.
    index('audit_project').on(table.projectId, table.id, table.subject),
  ],
)

/** Events as tools posted them, kept as long as their deliveries. */
export const events = sqliteTable(
  'events',
  {
    id: id(),
    projectId: integer('project_id')
      .notNull()
      .references(() => projects.id, { onDelete: 'cascade' }),
    /** Recognises a repeated request; random if the sender gave nothing to recognise it by. */
    key: text('key').notNull(),
    kind: text('kind').notNull(),
    /** The JSON as it was posted, gzip in base64. */
    body: text('body').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (table) => [uniqueIndex('events_key').on(table.projectId, table.key)],
)

export const DELIVERY_STATES = ['pending', 'delivered', 'failed', 'skipped'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** One attempt at a delivery, redacted: it holds no secret in any form. */
export interface Attempt {
  at: number
  ms: number
  requests: readonly LoggedRequest[]
  /** The reason for a failure, or the receiver's own words for a success. */
  reason?: string
}

export interface LoggedRequest {
  /** An HTTP method, `MAIL` or `TCP`. */
  method: string
  /** The redacted address. */
  to: string
  status?: number
  /** The beginning of a refusal. */
  response?: string
}

/** Results of the steps of earlier attempts, for the version of the settings that they were made with. */
export interface Checkpoint {
  version: number
  results: readonly Json[]
  /** Requests whose response was lost: the receiver may have acted on them. */
  lost: number
}

/**
 * An event on its way to one destination (a row of `settings`). `event_id` is no foreign key: deleting an event would
 * scan all deliveries. The lease is in columns without an index, so that taking a delivery writes one row.
 */
export const deliveries = sqliteTable(
  'deliveries',
  {
    id: id(),
    eventId: integer('event_id').notNull(),
    settingsId: integer('settings_id')
      .notNull()
      .references(() => settings.id, { onDelete: 'cascade' }),
    state: text('state').$type<DeliveryState>().notNull(),
    /** Reason for the state; null if there is nothing to say. */
    reason: text('reason'),
    /** Time of the next attempt; null once it is complete. */
    dueAt: time('due_at'),
    /** Attempts begun. Only the worker that began the last one may write its result. */
    attempts: integer('attempts').notNull(),
    maxAttempts: integer('max_attempts').notNull(),
    /** Random number of the worker that holds it until `leasedUntil`. */
    lease: integer('lease').notNull(),
    leasedUntil: time('leased_until').notNull(),
    log: text('log', { mode: 'json' }).$type<readonly Attempt[]>().notNull(),
    checkpoint: text('checkpoint', { mode: 'json' }).$type<Checkpoint>(),
    createdAt: time('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('deliveries_event').on(table.settingsId, table.eventId),
    index('deliveries_open').on(table.settingsId).where(sql`${table.dueAt} is not null`),
    index('deliveries_failed').on(table.settingsId, table.eventId).where(sql`${table.state} = 'failed'`),
  ],
)

/** A destination that fails; no row if the last attempt was good. Void once the settings have another version. */
export const destinationHealth = sqliteTable('destination_health', {
  settingsId: integer('settings_id')
    .primaryKey()
    .references(() => settings.id, { onDelete: 'cascade' }),
  /** The version of the settings that failed. */
  version: integer('version').notNull(),
  /** Attempts that failed in a row. */
  failures: integer('failures').notNull(),
  /** Deliveries that were rejected for good in a row. */
  rejections: integer('rejections').notNull(),
  since: time('since').notNull(),
  /** Nothing is sent before. */
  resumeAt: time('resume_at').notNull(),
  /** Nothing is sent until somebody steps in; null if it is not paused. */
  pausedAt: time('paused_at'),
  lastSuccessAt: time('last_success_at'),
})

/** A changed field, as plans and audit entries show it: with its values, or for a secret with what became of it. */
export interface Change {
  field: string
  from?: unknown
  to?: unknown
  secret?: 'set' | 'dropped'
}

/** The instance token, a project's token, one that a tool has signed, or Patchbay itself. */
export type ActorKind = 'instance' | 'token' | 'signed' | 'system'

export type Project = typeof projects.$inferSelect
/** Columns that only find rows stay in the database. */
export type Settings = Omit<typeof settings.$inferSelect, 'keyId'>
export type Token = Omit<typeof tokens.$inferSelect, 'digest'>
export type AuditEntry = typeof audit.$inferSelect
export type Delivery = typeof deliveries.$inferSelect
export type DestinationHealth = typeof destinationHealth.$inferSelect
