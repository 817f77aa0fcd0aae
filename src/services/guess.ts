import { closest, distance } from 'fastest-levenshtein'
import type { Service } from '../schema/service.ts'

const MAX_LENGTH = 64
const MIN_PREFIX = 4

/** Names that people use for a service, none of them made of words of its slug or title alone. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  email: 'emails-on-push',
  emails: 'emails-on-push',
  gchat: 'hangouts-chat',
  'google-chat': 'hangouts-chat',
  googlechat: 'hangouts-chat',
  mail: 'emails-on-push',
  'ms-teams': 'microsoft-teams',
  msteams: 'microsoft-teams',
  teams: 'microsoft-teams',
}

/** Words that say nothing about which service is meant, but together with others. */
const NOISE = new Set(
  'app application atlassian deprecated for gitlab integration jetbrains notification notifications on service the webhook'.split(
    ' ',
  ),
)

/** Returns the service whose slug a client meant, or undefined if none is likely or several are. */
export function guessSlug(sent: string, services: readonly Service[]): string | undefined {
  if (sent.length > MAX_LENGTH) return undefined
  const words = wordsOf(sent)
  const telling = words.filter((word) => !NOISE.has(word))
  if (telling.length === 0 && words.length < 2) return undefined
  const other = Object.hasOwn(OTHER_NAMES, telling.join('-')) ? OTHER_NAMES[telling.join('-')] : undefined
  const find = [
    () => services.filter(({ slug, title }) => [slug, title].some((name) => joined(name) === words.join(''))),
    () => services.filter(({ slug }) => slug === other),
    () => services.filter((service) => hasAll(service, words)),
    () => services.filter(({ slug }) => joined(slug) === telling.join('')),
    () => services.filter((service) => telling.length > 0 && hasAll(service, telling)),
    () => services.filter(({ slug }) => telling.includes(slug)),
    () => withPrefix(telling.join('-'), services),
    () => withTypo(telling.join('-'), services),
  ]
  for (const step of find) {
    const found = step()
    if (found.length === 1) return found[0]?.slug
    if (found.length > 1) return undefined
  }
  return undefined
}

/** Words in lower case; a capital begins one, as in `microsoftTeams`. */
function wordsOf(name: string): string[] {
  const spaced = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
  return spaced
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
}

function joined(name: string): string {
  return wordsOf(name).join('')
}

function hasAll({ slug, title }: Service, words: readonly string[]): boolean {
  const known = [...wordsOf(slug), ...wordsOf(title)]
  return words.every((word) => known.includes(word))
}

function withPrefix(prefix: string, services: readonly Service[]): readonly Service[] {
  return prefix.length < MIN_PREFIX ? [] : services.filter(({ slug }) => slug.startsWith(prefix))
}

/** One letter in three may be wrong. */
function withTypo(name: string, services: readonly Service[]): readonly Service[] {
  if (name === '') return []
  const slug = closest(
    name,
    services.map((service) => service.slug),
  )
  return distance(name, slug) <= Math.floor(name.length / 3) ? services.filter((service) => service.slug === slug) : []
}
