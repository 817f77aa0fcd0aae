import { labelOf } from '../schema/label.ts'
import type { Child } from './jsx-runtime.ts'

/** Two sockets, and the cable between them. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <rect x="1" y="1" width="30" height="30" rx="8" />
      <path d="M10.5 12.7v1.8c0 5.5 11 1.2 11 4.8" />
      <circle cx="10.5" cy="9.5" r="3.2" />
      <circle cx="21.5" cy="22.5" r="3.2" />
    </svg>
  )
}

const TILES = 12

/** The first letters of a service, in a colour that is always its own. */
export function Tile({ slug }: { slug: string }) {
  const [one = '', two = ''] = slug.split('-').filter((word) => !['of', 'on', 'for'].includes(word))
  const letters = two ? one.charAt(0) + two.charAt(0) : one.slice(0, 2)
  const hue = [...slug].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7) % TILES
  return (
    <span class={`tile hue-${hue}`} aria-hidden="true">
      {letters}
    </span>
  )
}

const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

let relative: Intl.RelativeTimeFormat | undefined

/** The distance of a moment from now; the moment itself is the title. */
export function Ago({ time, now }: { time: number; now: number }) {
  const iso = new Date(time).toISOString()
  return (
    <time datetime={iso} title={`${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`}>
      {describeDistance(Math.round((time - now) / 1000))}
    </time>
  )
}

function describeDistance(seconds: number): string {
  const length = Math.abs(seconds)
  const [unit, size] = UNITS.find(([, least]) => length >= least) ?? ['second', 1]
  if (length < 60) return seconds > 0 ? 'in a moment' : 'just now'
  // Made at the first use: it costs a cold start more than all pages do.
  relative ??= new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
  return relative.format(Math.trunc(seconds / size), unit)
}

/** Text in which names of parameters stand between backticks: to people, they are called by their labels. */
export function Prose({ text }: { text: string }) {
  return <>{text.split('`').map((part, index) => (index % 2 === 1 ? <em>{labelOf(part)}</em> : part))}</>
}

/** A heading, what there is of it, and what finds it. */
export function Heading({ title, count, children }: { title: string; count?: string | undefined; children?: Child }) {
  return (
    <div class="head">
      <h1>{title}</h1>
      {count && <p class="count">{count}</p>}
      {children}
    </div>
  )
}

export function Empty({ title, children }: { title: string; children?: Child }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      <p>{children}</p>
    </div>
  )
}

/** Says what was done: once, so the script takes it out of the address. */
export function Done({ text }: { text: string | undefined }) {
  if (!text) return null
  return (
    <p class="notice good" role="status" data-once>
      {text}
    </p>
  )
}

export interface PageOfList {
  number: number
  hasNext: boolean
}

/** Links to the pages before and after, which keep the parameters of the list. */
export function Pager({ page, query }: { page: PageOfList; query: Readonly<Record<string, string>> }) {
  const link = (number: number) => `?${new URLSearchParams({ ...query, page: String(number) })}`
  if (page.number === 1 && !page.hasNext) return null
  return (
    <nav class="pager" aria-label="Pages">
      {page.number > 1 && (
        <a class="button" href={link(page.number - 1)} rel="prev">
          Newer
        </a>
      )}
      <span>Page {page.number}</span>
      {page.hasNext && (
        <a class="button" href={link(page.number + 1)} rel="next">
          Older
        </a>
      )}
    </nav>
  )
}
