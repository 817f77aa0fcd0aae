import type { HTTPException } from 'hono/http-exception'
import { errors } from '../errors.ts'
import type { Choices } from '../schema/issues.ts'
import type { SaveRefusal } from '../settings/save.ts'

/** The response to a save that was refused. */
export function saveError(refusal: SaveRefusal, allowed: Choices): HTTPException {
  switch (refusal.kind) {
    case 'invalid':
      return errors.parameters(refusal.fields, allowed)
    case 'violations':
      return errors.rules(refusal.fields, allowed)
    case 'nothing to inherit':
      return errors.badRequest('Default integration not found.')
    case 'absent':
      return errors.notFound('Service')
    case 'no project':
      return errors.notFound('Project')
    case 'unexpected':
      return errors.preconditionFailed()
    case 'moved':
      return errors.moved(refusal.names)
    case 'conflict':
      return errors.unavailable()
  }
}
