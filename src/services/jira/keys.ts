import { findAll, type Pattern, toPattern } from '../../schema/pattern.ts'

export interface KeySettings {
  jira_issue_regex: string | null
  jira_issue_prefix: string | null
}

/** Finds the keys of issues in the texts of users. */
export interface KeyFinder {
  mentioned(text: string): readonly string[]
  /** Keys behind a word that closes an issue, as in `Fixes ROCK-1`. */
  closed(text: string): readonly string[]
}

const DEFAULT_KEY = '[A-Z][A-Z_0-9]+-\\d+'
/** GitLab's default closing pattern, for one key behind each word (docs/gitlab.md#jira). */
const CLOSING =
  '\\b(?:[Cc]los(?:e[sd]?|ing)|[Ff]ix(?:e[sd]|ing)?|[Rr]esolv(?:e[sd]?|ing)|[Ii]mplement(?:s|ed|ing)?):? +(?:[Ii]ssues? +)?'
/** A commit message may be megabytes long; keys stand at its beginning. */
const MAX_TEXT = 20_000
const MAX_KEYS = 50

/** Returns undefined if an expression of the settings is invalid, or uses what RE2 does not have. */
export function keyFinder({ jira_issue_regex, jira_issue_prefix }: KeySettings): KeyFinder | undefined {
  const [boundary, closing, prefix, key] = [
    '\\b',
    CLOSING,
    jira_issue_prefix ?? '',
    jira_issue_regex || DEFAULT_KEY,
  ].map(toPattern)
  if (!boundary || !closing || !prefix || !key) return undefined
  return {
    mentioned: (text) => keysIn(text, boundary, prefix, key),
    closed: (text) => keysIn(text, closing, prefix, key),
  }
}

function keysIn(text: string, ...patterns: readonly Pattern[]): readonly string[] {
  const start = text.slice(0, MAX_TEXT)
  const keys = findAll(start, ...patterns)
    .filter(({ start: at, end }) => !isVulnerability(start, at, end))
    .map(({ start: at, end }) => start.slice(at, end))
  return [...new Set(keys)].slice(0, MAX_KEYS)
}

/** `CVE-2026-1234` is no issue of a project CVE. */
function isVulnerability(text: string, start: number, end: number): boolean {
  return text.startsWith('CVE-', start) && /^-\d/.test(text.slice(end, end + 2))
}
