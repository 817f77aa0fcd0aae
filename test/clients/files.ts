import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** The files below a directory in which some text stands, byte for byte. */
export function filesWith(directory: string, texts: readonly string[]): string[] {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((file) => join(directory, file))
  return files.filter((file) => {
    if (!statSync(file).isFile()) return false
    const bytes = readFileSync(file)
    return texts.some((text) => bytes.includes(text))
  })
}
