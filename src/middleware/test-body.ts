import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'
import { errors } from '../errors.ts'
import { isControl } from '../parameters/controls.ts'
import { checkExtent, type Fields, toFields, unreadable } from '../parameters/fields.ts'
import { parseJson } from '../parameters/json.ts'
import { shownNames } from '../parameters/names.ts'
import { withText } from '../schema/issues.ts'
import { kindOf, toOccurrence } from '../schema/payload.ts'
import { isRecord } from '../schema/record.ts'
import { bodyReader, decodeUtf8, rejectUnreadable } from './body.ts'
import type { PostedEvent } from './event.ts'
import { readFields } from './parameters.ts'
import { countRejections } from './rate-limit.ts'

const MAX_BYTES = 1024 * 1024

/** Subject of a test: an event, or parameters that are not saved yet; neither if the body is blank. */
export interface TestBody {
  event?: PostedEvent
  parameters?: Fields
}

type TestEnv = AppEnv & { Variables: { testBody: TestBody } }

const readBytes = bodyReader(MAX_BYTES)

/** Reads the body of a test: JSON, an event of GitLab's or `{"parameters": {…}}`. */
export const testBody = createMiddleware<TestEnv>(async (c, next) => {
  await countRejections(c, async () => {
    c.set('testBody', await rejectUnreadable(() => readTestBody(c)))
    c.set('parameters', await readFields(c, () => ({})))
  })
  await next()
})

async function readTestBody(c: Context<TestEnv>): Promise<TestBody> {
  const text = decodeUtf8(await readBytes(c), 'JSON')
  if (text === '') return {}
  const body: unknown = parseJson(text)
  if (!isRecord(body)) throw unreadable('JSON')
  const kind = kindOf(body)
  // Events are read with JavaScript's numbers, as when they are posted; parameters keep every digit.
  return kind === undefined ? parametersOf(body) : { event: { kind, occurrence: toOccurrence(JSON.parse(text), text) } }
}

/** @throws the 400 of other fields, of parameters that are no object, and of a dry run among them: a test sends */
function parametersOf({ parameters, ...others }: Fields): Pick<TestBody, 'parameters'> {
  rejectUnknown(Object.keys(toFields(Object.entries(others), 'JSON')))
  if (parameters === undefined) return {}
  if (!isRecord(parameters)) throw errors.parameters({ parameters: ['is invalid'] })
  const fields = toFields(Object.entries(parameters), 'JSON')
  checkExtent(fields)
  rejectUnknown(Object.keys(fields).filter(isControl))
  return { parameters: fields }
}

function rejectUnknown(names: readonly string[]): void {
  if (names.length > 0) throw errors.parameters(withText(shownNames(names), 'is unknown'))
}
