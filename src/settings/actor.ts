import type { ActorKind, Scope } from '../schema/tables.ts'
import type { NewAuditEntry } from '../store/audit.ts'

/** The caller of a request: its rights, and what audit entries record of it. */
export interface Actor {
  kind: ActorKind
  /** Null unless it is a project's token. */
  tokenId: number | null
  name: string
  /** The id of its own project, 0 if that does not exist; null for the instance token, which owns them all. */
  project: number | null
  role: number
  scopes: readonly Scope[]
  address: string | null
  requestId: string
}

export function mayReadSecrets({ scopes }: Pick<Actor, 'scopes'>): boolean {
  return scopes.includes('read_secrets')
}

/** Facts of an audit entry about its actor. */
export type Author = Pick<Actor, 'kind' | 'tokenId' | 'name' | 'address' | 'requestId'>

/** Returns the audit entry of a change that the actor makes. */
export function entryOf(
  { kind, tokenId, name, address, requestId }: Author,
  change: Pick<NewAuditEntry, 'projectId' | 'action' | 'subject' | 'changes' | 'writeId' | 'createdAt'>,
): NewAuditEntry {
  return { ...change, actorKind: kind, actorId: userIdOf({ kind, tokenId }), actorName: name, address, requestId }
}

const INSTANCE_USER = 1
/** Signed users are known by name only, so they share an id that no user has. */
const SIGNED_USER = 0

/** Returns the id of an actor as a user of GitLab, the same wherever a response or an audit entry has one. */
export function userIdOf({ kind, tokenId }: Pick<Actor, 'kind' | 'tokenId'>): number {
  if (kind === 'instance') return INSTANCE_USER
  return tokenId === null ? SIGNED_USER : botIdOf(tokenId)
}

/** Returns the id of the bot user that GitLab would create for a token. */
export function botIdOf(tokenId: number): number {
  return tokenId + INSTANCE_USER
}
