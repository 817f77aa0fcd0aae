import type { RequestContext } from '../../env.ts'

/** Messages of a page after a form was saved, by the word in its address. */
const TEXTS: Readonly<Record<string, string>> = {
  created: 'Set up.',
  changed: 'Saved.',
  unchanged: 'Nothing was different, so nothing was saved.',
  deleted: 'Deleted.',
  moved: 'Somebody else changed these settings meanwhile, so they were not deleted.',
}

export function doneText({ req }: RequestContext): string | undefined {
  return TEXTS[req.query('done') ?? '']
}
