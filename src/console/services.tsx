import { flagOf, isOn } from '../schema/events.ts'
import { KINDS, type Service } from '../schema/service.ts'
import type { Settings } from '../schema/tables.ts'
import type { Entry } from './form.ts'
import type { Child } from './jsx-runtime.ts'
import { Page, type Place } from './layout.tsx'
import { Ago, Done, Empty, Heading, Tile } from './parts.tsx'

const LABELS: Readonly<Record<Service['kind'], string>> = {
  chat: 'Chat and messages',
  issues: 'Issue trackers',
  ci: 'Builds',
  documents: 'Documents',
  monitoring: 'Monitoring',
  packages: 'Packages, stores and clouds',
  security: 'Security',
}

/** The condition of a destination; `unused` if nothing was ever sent there. */
type Health = 'ok' | 'failing' | 'paused' | 'unused'

interface ServicesProps {
  place: Place
  entries: readonly Entry[]
  settings: readonly Settings[]
  healthOf: (settings: Settings) => Health
  done: string | undefined
  now: number
}

/** Every service of a project: those that are set up first, the others by what they are for. */
export function Services({ place, entries, settings, healthOf, done, now }: ServicesProps) {
  const bySlug = new Map(settings.map((row) => [row.slug, row]))
  const others = entries.filter(({ slug }) => !bySlug.has(slug))
  const usable = others.filter(({ deprecated, gitlab_only }) => !deprecated && !gitlab_only)
  const base = `/console/projects/${place.project?.id}/services`
  const active = settings.filter((row) => row.active).length
  const off = settings.length - active
  return (
    <Page place={place} title={`Services of ${place.project?.path}`} tab="services">
      <Heading title="Services" count={`${active} active${off > 0 ? `, ${off} switched off` : ''}`}>
        <div class="search" data-filter="service">
          <input type="search" placeholder="Find a service" aria-label="Find a service" autocomplete="off" />
        </div>
      </Heading>
      <Done text={done} />
      {settings.length === 0 ? (
        <Empty title="Nothing is set up yet">
          Pick a service below. It says what it needs, and nothing is sent before you save.
        </Empty>
      ) : (
        <Group title="Set up" isWide>
          {entries.map((entry) => {
            const row = bySlug.get(entry.slug)
            return row && <SavedCard base={base} entry={entry} settings={row} health={healthOf(row)} now={now} />
          })}
        </Group>
      )}
      {KINDS.map((kind) => (
        <Group title={LABELS[kind]}>
          {usable
            .filter((entry) => entry.kind === kind)
            .map((entry) => (
              <Card base={base} entry={entry} />
            ))}
        </Group>
      ))}
      <Rest base={base} entries={others.filter((entry) => !usable.includes(entry))} />
      <p class="empty" data-none="service" hidden>
        No service is called that.
      </p>
    </Page>
  )
}

/** Services that few people look for: folded away. */
function Rest({ base, entries }: { base: string; entries: readonly Entry[] }) {
  return (
    <details class="rest">
      <summary>{entries.length} more that are out of use, or that work on GitLab’s own instance only</summary>
      <ul class="cards">
        {entries.map((entry) => (
          <Card base={base} entry={entry} />
        ))}
      </ul>
    </details>
  )
}

function Group({ title, isWide = false, children }: { title: string; isWide?: boolean; children: Child[] }) {
  if (children.flat().length === 0) return null
  return (
    <section class="group">
      <h2>{title}</h2>
      <ul class={isWide ? 'cards wide' : 'cards'}>{children}</ul>
    </section>
  )
}

function Card({ base, entry: { slug, title, description, deprecated, gitlab_only } }: { base: string; entry: Entry }) {
  return (
    <li class="card" data-service={`${title} ${slug}`}>
      <Tile slug={slug} />
      <div>
        <h3>
          <a href={`${base}/${slug}`}>{title}</a>
        </h3>
        <p>{deprecated ?? gitlab_only ?? description}</p>
      </div>
    </li>
  )
}

interface SavedCardProps {
  base: string
  entry: Entry
  settings: Settings
  health: Health
  now: number
}

function SavedCard({ base, entry: { slug, title, events }, settings, health, now }: SavedCardProps) {
  const on = events.filter(({ name }) => isOn(settings.flags, flagOf(name))).length
  const subscribed = on === events.length ? 'All events' : `${on} of ${events.length} events`
  return (
    <li class={`card saved ${settings.active ? 'on' : 'off'}`} data-service={`${title} ${slug}`}>
      <Tile slug={slug} />
      <div>
        <h3>
          <a href={`${base}/${slug}`}>{title}</a>
        </h3>
        <p>
          {events.length > 0 && `${subscribed} · `}
          <Ago time={settings.updatedAt} now={now} />
        </p>
      </div>
      <Status active={settings.active} health={health} />
    </li>
  )
}

const STATES: Readonly<Record<Health, readonly [kind: string, text: string]>> = {
  ok: ['on', 'Active'],
  unused: ['on', 'Active'],
  failing: ['failing', 'Failing'],
  paused: ['failing', 'Paused'],
}

function Status({ active, health }: { active: boolean; health: Health }) {
  const [kind, text] = active ? STATES[health] : ['off', 'Off']
  return <span class={`status ${kind}`}>{text}</span>
}
