const SEGMENT = /^(?!-|\.{1,2}$)[\p{L}\p{N}_.-]+(?<!\.git|\.atom)$/u
const SEGMENT_TEXT =
  "can contain only letters, digits, '_', '-' and '.', and cannot start with '-' or end in '.git' or '.atom'"

/** Returns what is wrong with the path of a project; undefined if it is valid (docs/rules.md#paths). */
export function pathError(path: string, fullPath: string): string | undefined {
  if (![path, ...fullPath.split('/')].every((segment) => SEGMENT.test(segment))) return SEGMENT_TEXT
  return /^\d+$/.test(fullPath) ? 'cannot be a number: it would read as an id' : undefined
}

/** Derives a path from the name of a project, as GitLab does. */
export function pathFromName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_.-]+/gu, '-')
    .replace(/^-+|-+$/g, '')
}

/** Returns the full path of the project's namespace; empty if it has none. */
export function namespaceOf({ fullPath, path }: { fullPath: string; path: string }): string {
  return fullPath.slice(0, -path.length - 1)
}

export function joinPath(namespace: string | null | undefined, path: string): string {
  return namespace ? `${namespace}/${path}` : path
}
