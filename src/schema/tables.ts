import { sql } from 'drizzle-orm'
import { customType, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { Values } from './service.ts'

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

/** What a project saved for a service: one row for each slug. */
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
    /** What is told of each secret, in clear, so that no read opens the seal. */
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
    /** To the hour. */
    lastUsedAt: time('last_used_at'),
  },
  (table) => [uniqueIndex('tokens_digest').on(table.digest), index('tokens_project').on(table.projectId)],
)

export const SCOPES = ['api', 'read_api', 'read_secrets'] as const
export type Scope = (typeof SCOPES)[number]

/** Who changed what. Written in the transaction of the change, never edited, never deleted by the product. */
export const audit = sqliteTable(
  'audit',
  {
    id: id(),
    /** The project of the change; it outlives the project. */
    projectId: integer('project_id').notNull(),
    action: text('action').notNull(),
    /** What changed: the slug of the settings, or the id of the token or the project. */
    subject: text('subject').notNull(),
    /** The token that made the change; null for the instance token. */
    actorId: integer('actor_id'),
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
    index('audit_project').on(table.projectId),
    index('audit_subject').on(table.projectId, table.subject),
  ],
)

/** A changed field: with its values, or for a secret with neither. */
export interface Change {
  field: string
  from?: unknown
  to?: unknown
}

export type Project = typeof projects.$inferSelect
/** Columns that only find rows stay in the database. */
export type Settings = Omit<typeof settings.$inferSelect, 'keyId'>
export type Token = Omit<typeof tokens.$inferSelect, 'digest'>
export type AuditEntry = typeof audit.$inferSelect
