import type { Context } from 'hono'
import type * as z from 'zod'
import type { AppEnv } from '../env.ts'
import { errors } from '../errors.ts'
import { DRY_RUN } from '../parameters/controls.ts'
import { shownNames } from '../parameters/names.ts'
import { sortIssues, withText } from '../schema/issues.ts'
import { checkForm, isStrict, nameIgnored } from './unknown.ts'

/**
 * Parses the parameters of a request by a schema that does not depend on a service. Unknown ones are named in the response,
 * or rejected if the caller prefers that, or if the route `isOwn`, without a counterpart in GitLab. So is a dry run that the
 * route does not know: ignored, it would write.
 * @throws the 400 of a form that is none, of unknown, missing and ill-typed fields, all at once, else that of violated rules
 */
export function validate<T extends z.ZodObject>(
  c: Pick<Context<AppEnv>, 'req' | 'get' | 'header'>,
  schema: T,
  { isOwn = false } = {},
): z.output<T> {
  const sent = c.get('parameters')
  const isKnown = (name: string) => Object.hasOwn(schema.shape, name)
  checkForm(c, isKnown)
  const others = Object.keys(sent).filter((name) => !isKnown(name))
  const unknown = shownNames(others)
  const rejected = isStrict(c) || isOwn ? unknown : others.filter((name) => name === DRY_RUN)
  const result = schema.safeParse(sent)
  if (result.success && rejected.length === 0) {
    nameIgnored(c, unknown)
    return result.data
  }
  const { invalid, violations, allowed } = sortIssues(result.error?.issues ?? [])
  if (invalid.length + rejected.length === 0) throw errors.rules(violations, allowed)
  const isMissing = (name: string) => !Object.hasOwn(sent, name)
  throw errors.parameters({
    ...withText(rejected, 'is unknown'),
    ...withText(invalid.filter(isMissing), 'is missing'),
    ...withText(
      invalid.filter((name) => !isMissing(name)),
      'is invalid',
    ),
  })
}
