import type { AuditEntry } from '../schema/tables.ts'
import { authorOf, Changes, verbOf } from './changes.tsx'
import type { Entry } from './form.ts'
import { Page, type Place } from './layout.tsx'
import { Ago, Empty, Heading, type PageOfList, Pager, Tile } from './parts.tsx'

interface AuditProps {
  place: Place
  catalogue: readonly Entry[]
  entries: readonly AuditEntry[]
  /** The service whose changes are shown; empty for all of them. */
  slug: string
  page: PageOfList
  now: number
}

/** Changes and their authors, newest first, day by day. */
export function Audit({ place, catalogue, entries, slug, page, now }: AuditProps) {
  const days = Map.groupBy(entries, ({ createdAt }) => new Date(createdAt).toISOString().slice(0, 10))
  return (
    <Page place={place} title="Changes" tab="audit">
      <Heading title="Changes">{place.project && <ServiceFilter catalogue={catalogue} slug={slug} />}</Heading>
      {entries.length === 0 && (
        <Empty title="Nothing changed yet">
          Each change of settings and tokens is written down here, with who made it and when.
        </Empty>
      )}
      {[...days].map(([day, some]) => (
        <section class="day">
          <h2>{formatDay(day)}</h2>
          <ol class="trail">
            {some.map((entry) => (
              <EntryRow entry={entry} catalogue={catalogue} isOfAll={!place.project} now={now} />
            ))}
          </ol>
        </section>
      ))}
      <Pager page={page} query={{ slug }} />
    </Page>
  )
}

const DAY_FORMAT = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const

function formatDay(day: string): string {
  return new Date(day).toLocaleDateString('en', DAY_FORMAT)
}

/** Chooses a service; with a script, at once. */
function ServiceFilter({ catalogue, slug }: { catalogue: readonly Entry[]; slug: string }) {
  return (
    <search class="search">
      <form>
        <select name="slug" aria-label="Service" data-submit>
          <option value="">All services</option>
          {catalogue.map((entry) => (
            <option value={entry.slug} selected={entry.slug === slug}>
              {entry.title}
            </option>
          ))}
        </select>
        <button type="submit">Show</button>
      </form>
    </search>
  )
}

interface EntryRowProps {
  entry: AuditEntry
  catalogue: readonly Entry[]
  isOfAll: boolean
  now: number
}

function EntryRow({ entry, catalogue, isOfAll, now }: EntryRowProps) {
  const { subject, action, address, requestId, createdAt, projectId } = entry
  const service = action.startsWith('settings.') ? catalogue.find(({ slug }) => slug === subject) : undefined
  const base = `/console/projects/${projectId}`
  return (
    <li>
      {service ? <Tile slug={service.slug} /> : <Sign isToken={action.startsWith('token.')} />}
      <div>
        <p>
          <b>{authorOf(entry)}</b> {verbOf(entry)}{' '}
          {service ? <a href={`${base}/services/${subject}`}>{service.title}</a> : nameOf(entry)}
          {isOfAll && (
            <>
              {' in '}
              <a href={base}>project {projectId}</a>
            </>
          )}
        </p>
        <Changes entry={entry} />
      </div>
      <p class="when">
        <Ago time={createdAt} now={now} />
        <span title={`Request ${requestId}`}>{address}</span>
      </p>
    </li>
  )
}

/** A key for tokens, a box for projects. */
function Sign({ isToken }: { isToken: boolean }) {
  const path = isToken
    ? 'M11.5 8.5 17 3M14 6l2 2M12 11a4 4 0 1 1-8 0 4 4 0 0 1 8 0Z'
    : 'M3 6.5 10 3l7 3.5v7L10 17l-7-3.5zM3 6.5l7 3.5 7-3.5M10 10v7'
  return (
    <span class="tile plain" aria-hidden="true">
      <svg class="sign" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
        <path d={path} />
      </svg>
    </span>
  )
}

/** The name of a token or a project, where its entry says so. */
function nameOf({ subject, changes }: AuditEntry): string {
  const named = changes.find(({ field, to }) => field === 'name' && typeof to === 'string')
  return String(named?.to ?? subject)
}
