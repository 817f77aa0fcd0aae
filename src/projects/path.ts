/** ASCII only: the database compares paths, and folds the case of ASCII letters alone. */
const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/
const RESERVED_END = /(\.|\.git|\.atom)$/i
const SEGMENT_TEXT =
  "can contain only ASCII letters, digits, '_', '-' and '.', must begin with a letter, a digit or '_', and must not end in '.', '.git' or '.atom'"
const NUMBER_TEXT = 'cannot be a number: it would read as an id'

/** Returns what is wrong with the path of a project; undefined if it is valid (docs/rules.md#paths). */
export function pathError(path: string, fullPath: string): string | undefined {
  if (![path, ...fullPath.split('/')].every(isSegment)) return SEGMENT_TEXT
  return /^\d+$/.test(fullPath) ? NUMBER_TEXT : undefined
}

function isSegment(text: string): boolean {
  return SEGMENT.test(text) && !RESERVED_END.test(text)
}

/** Derives a path from the name of a project: `Straße 5!` becomes `stra-e-5`, and `Café` becomes `cafe`. */
export function pathFromName(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^a-z0-9_.]+/)
    .map(withoutOuterDots)
    .filter(Boolean)
    .join('-')
}

/** Scans from both ends: a regular expression for the end of a text takes quadratic time. */
function withoutOuterDots(word: string): string {
  let [start, end] = [0, word.length]
  while (word[start] === '.') start += 1
  while (end > start && word[end - 1] === '.') end -= 1
  return word.slice(start, end)
}

/** Returns the full path of the project's namespace; empty if it has none. */
export function namespaceOf({ fullPath, path }: { fullPath: string; path: string }): string {
  return fullPath.slice(0, -path.length - 1)
}

export function joinPath(namespace: string | null | undefined, path: string): string {
  return namespace ? `${namespace}/${path}` : path
}
