const MAX_NAMES = 20
const MAX_LENGTH = 64
const MORE = encodeURIComponent('…')

/** The value of `X-Ignored-Parameters`: names from the request, encoded for a header (docs/rules.md#merging). */
export function ignoredNames(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).map((name) => {
    const encoded = encodeURIComponent(name.slice(0, MAX_LENGTH).toWellFormed())
    return name.length > MAX_LENGTH ? encoded + MORE : encoded
  })
  return [...shown, ...(names.length > MAX_NAMES ? [MORE] : [])].join(',')
}
