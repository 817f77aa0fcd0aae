import { contextOf, type DeliveryContext, type KnownProject } from '../schema/context.ts'
import { isOn } from '../schema/events.ts'
import type { Occurrence } from '../schema/payload.ts'
import { type Service, subscribesTo, type Values } from '../schema/service.ts'
import type { Project, Settings } from '../schema/tables.ts'

export const NOTHING = 'the service does nothing about such an event'
export const UNREADABLE = 'the secrets of the settings cannot be decrypted'

/** Settings of a project, as the receiver of events. */
export interface Destination {
  service: Service
  settings: Settings
}

/** Returns whether the settings want the event: they are active, and their flags subscribe to it. */
export function wants({ service, settings }: Destination, occurrence: Occurrence): boolean {
  return settings.active && subscribesTo(service, occurrence, (flag) => isOn(settings.flags, flag))
}

/** The parameters that `deliver` gets: null if not set. Without `secrets`, those that are set are placeholders. */
export function paramsOf(
  { service, settings }: { service: Service; settings: Pick<Settings, 'params' | 'secretsMeta'> },
  secrets?: Values,
): Values {
  const stored = service.params.filter(({ aliasOf }) => !aliasOf)
  return Object.fromEntries(
    stored.map(({ name, secret, address, fallback }) => {
      if (!secret) return [name, settings.params[name] ?? fallback]
      if (secrets) return [name, secrets[name] ?? null]
      const isSet = Object.hasOwn(settings.secretsMeta, name)
      return [name, isSet ? (address === 'url' ? 'https://redacted.invalid/***' : '***') : null]
    }),
  )
}

export interface Circumstances {
  project: Project
  eventId: number | string
  acceptedAt: number
}

export function deliveryContext(
  { service, settings }: { service: Service; settings: Pick<Settings, 'flags'> },
  occurrence: Occurrence,
  { project, eventId, acceptedAt }: Circumstances,
): DeliveryContext {
  return contextOf(occurrence, knownProject(project), {
    isOn: (flag) => isOn(settings.flags, flag),
    // The same for every attempt, and for a resend: what the receiver has, it need not take twice. With the time, since
    // the ids of another deployment, or of a new database, are the same numbers.
    idempotencyKey: `${acceptedAt}-${eventId}-${service.slug}`,
    acceptedAt: new Date(acceptedAt),
  })
}

function knownProject({ name, fullPath, protectedBranches, emailsEnabled }: Project): KnownProject {
  const namespace = fullPath.split('/').slice(0, -1).join(' / ')
  return { name, fullName: namespace ? `${namespace} / ${name}` : name, protectedBranches, emailsEnabled }
}
