import type { Project } from '../schema/tables.ts'
import { Page, type Place } from './layout.tsx'
import { Ago, Done, Empty, Heading, type PageOfList, Pager } from './parts.tsx'

interface ProjectsProps {
  place: Place
  projects: readonly Project[]
  search: string
  page: PageOfList
  /** Undefined if there are too many to count. */
  total: number | undefined
  done: string | undefined
  now: number
}

export function Projects({ place, projects, search, page, total, done, now }: ProjectsProps) {
  return (
    <Page place={place} title="Projects" tab="projects">
      <Heading title="Projects" count={total?.toString()}>
        <search class="search">
          <form>
            <input
              type="search"
              name="search"
              value={search}
              placeholder="Name or path starts with…"
              aria-label="Search projects"
            />
          </form>
        </search>
      </Heading>
      <Done text={done} />
      {projects.length === 0 ? (
        <Empty title={search ? `No project starts with “${search}”` : 'No projects yet'}>
          A tool creates its projects by <code>POST /api/v4/projects</code>, with ids of its own.
        </Empty>
      ) : (
        <table class="list">
          <thead>
            <tr>
              <th scope="col">Project</th>
              <th scope="col">Description</th>
              <th scope="col" class="number">
                ID
              </th>
              <th scope="col">Created</th>
            </tr>
          </thead>
          <tbody>
            {projects.map((project) => (
              <ProjectRow project={project} now={now} />
            ))}
          </tbody>
        </table>
      )}
      <Pager page={page} query={{ search }} />
    </Page>
  )
}

function ProjectRow({
  project: { id, name, fullPath, description, createdAt },
  now,
}: {
  project: Project
  now: number
}) {
  return (
    <tr>
      <th scope="row">
        <a class="row" href={`/console/projects/${id}`}>
          {name}
        </a>
        <span class="path">{fullPath}</span>
      </th>
      <td>{description}</td>
      <td class="number">{id}</td>
      <td>
        <Ago time={createdAt} now={now} />
      </td>
    </tr>
  )
}
