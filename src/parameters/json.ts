import { ExactNumber } from '../schema/number.ts'
import { isRecord } from '../schema/record.ts'
import { checkExtent, type Fields, unreadable } from './fields.ts'

declare global {
  interface JSON {
    /** `context.source` is the text of a scalar. TypeScript does not declare it yet. */
    parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown
  }
}

/**
 * Reads a JSON object. Numbers that JavaScript would write otherwise keep the digits that were sent.
 * @throws UnreadableError
 */
export function parseJson(text: string): Fields {
  const body = parse(text)
  if (!isRecord(body)) throw unreadable('JSON')
  // The second parse calls the reviver recursively: a body that is nested too deeply would overflow the stack there.
  checkExtent(body)
  return JSON.parse(text, keepDigits) as Fields
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw unreadable('JSON')
  }
}

function keepDigits(_key: string, value: unknown, { source }: { source?: string }): unknown {
  return typeof value === 'number' && source !== undefined && String(value) !== source ? new ExactNumber(source) : value
}
