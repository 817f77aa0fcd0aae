const HIDDEN = '***'
const MAX_WORDS = 10
const MAX_DIGITS = 3
/** Words as names have them: `webhook`, `URL`, `webhookUrl`, `oauth2`. Tokens mix cases and digits otherwise. */
const WORD = /^(?:[A-Z]?[a-z]{1,20}(?:[A-Z][a-z]{2,20}){0,4}[A-Z]{0,4}|[A-Z]{1,20})?\d{0,3}$/

/**
 * Returns unknown names as responses may repeat them: one that does not consist of words may be a secret that was sent in
 * the place of a name, and is hidden (docs/rules.md#unknown-names).
 */
export function shownNames(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => (isOfWords(name) ? name : HIDDEN)))]
}

function isOfWords(name: string): boolean {
  const words = name.split(/[_.-]/)
  const digits = name.match(/\d/g) ?? []
  const isBounded = words.length <= MAX_WORDS && digits.length <= MAX_DIGITS
  return isBounded && /^[A-Za-z_]/.test(name) && words.every((word) => WORD.test(word))
}

/** Returns whether a name at the top of a plan is the author's own, as in files of Docker Compose (`x-`) and GitLab CI (`.`). */
export function isAuthorsOwn(name: string): boolean {
  return name.startsWith('x-') || name.startsWith('.')
}
