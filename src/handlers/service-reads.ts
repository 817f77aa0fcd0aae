import type { Lookup } from '../middleware/access.ts'
import { findProject } from '../store/projects.ts'
import { findSettings } from '../store/settings.ts'

/** Reads the project of the path, and its settings of the service of the path. */
export const findProjectAndSettings = ({ project, c }: Lookup) => ({
  project: findProject(project),
  settings: findSettings(project, c.req.param('slug') ?? ''),
})
