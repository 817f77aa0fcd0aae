import { Hono } from 'hono'
import { Projects } from '../../console/projects.tsx'
import type { AppEnv } from '../../env.ts'
import { access, type Lookup } from '../../middleware/access.ts'
import { rules } from '../../schema/rules.ts'
import { COUNT_LIMIT, countProjects, listProjects } from '../../store/projects.ts'
import { pageOf } from '../pagination.ts'
import { doneText } from './done.ts'
import { placeOf, respond } from './place.ts'

const findList = ({ c }: Lookup) => {
  const filter = { search: c.req.query('search') ?? '', of: null }
  const { size, offset } = pageOf(c)
  return { projects: listProjects(filter, size + 1, offset), counts: countProjects(filter) }
}

/** The projects of the instance. */
export const projectsPages = new Hono<AppEnv>().get('/', access(rules.instance, findList), (c) => {
  const { projects, counts } = c.var.rows
  const { number, size } = pageOf(c)
  const total = counts[0]?.total ?? 0
  return respond(
    c,
    Projects({
      place: placeOf(c),
      projects: projects.slice(0, size),
      search: c.req.query('search') ?? '',
      page: { number, hasNext: projects.length > size },
      total: total > COUNT_LIMIT ? undefined : total,
      done: doneText(c),
      now: Date.now(),
    }),
  )
})
