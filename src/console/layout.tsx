import { type Child, Markup } from './jsx-runtime.ts'
import { Mark } from './parts.tsx'

/** The reader of a page, and its surroundings. */
export interface Place {
  /** Undefined if nobody is signed in. */
  reader?: { name: string; isOperator: boolean } | undefined
  project?: { id: number; name: string; path: string } | undefined
  /** The look that a tool wants in its frame; undefined in a window of its own. */
  frame?: { theme?: 'light' | 'dark' | undefined; accent?: string | undefined } | undefined
  /** The tool whose people come here. */
  tool?: { name: string; url: string } | undefined
  /** Changes whenever the stylesheet or the script does: browsers keep both for good. */
  version: string
}

type Tab = 'services' | 'audit' | 'projects'

interface PageProps {
  place: Place
  title: string
  tab?: Tab
  children?: Child
}

export function Page({ place, title, tab, children }: PageProps) {
  const { reader, frame } = place
  const page = (
    <html lang="en" class={frame?.theme}>
      <Head place={place} title={title} />
      <body class={frame && 'embedded'}>
        <a class="skip" href="#main">
          Skip to content
        </a>
        {reader && !frame && <Header place={place} reader={reader} />}
        {reader && <Tabs place={place} isOperator={reader.isOperator} current={tab} />}
        <main id="main" tabindex={-1}>
          {children}
        </main>
      </body>
    </html>
  )
  return new Markup(`<!doctype html>${page.html}`)
}

function Head({ place: { frame, version }, title }: { place: Place; title: string }) {
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content={frame?.theme ?? 'light dark'} />
      <title>{title} · Patchbay</title>
      <link rel="icon" href="/console/icon.svg" type="image/svg+xml" />
      <link rel="stylesheet" href={`/console/console.css?${version}`} />
      {frame?.accent && <link rel="stylesheet" href={`/console/accent/${frame.accent}`} />}
      <script src={`/console/console.js?${version}`} defer></script>
    </head>
  )
}

function Header({ place: { project, tool }, reader }: { place: Place; reader: NonNullable<Place['reader']> }) {
  return (
    <header class="bar">
      <a class="brand" href="/console" aria-label="Patchbay">
        <Mark />
        <span>Patchbay</span>
      </a>
      <nav class="crumbs" aria-label="Path">
        {tool && <a href={tool.url}>{tool.name}</a>}
        {project && reader.isOperator && <a href="/console/projects">Projects</a>}
        {project && <a href={`/console/projects/${project.id}`}>{project.path}</a>}
      </nav>
      <form class="who" method="post" action="/console/session/end">
        <span title="Signed in">{reader.name}</span>
        <button type="submit" class="quiet">
          Sign out
        </button>
      </form>
    </header>
  )
}

const PROJECT_TABS: readonly (readonly [Tab, string, string])[] = [
  ['services', 'Services', ''],
  ['audit', 'Changes', '/audit'],
]
const INSTANCE_TABS: readonly (readonly [Tab, string, string])[] = [
  ['projects', 'Projects', '/projects'],
  ['audit', 'Changes', '/audit'],
]

function Tabs({
  place: { project },
  isOperator,
  current,
}: {
  place: Place
  isOperator: boolean
  current?: Tab | undefined
}) {
  if (!project && !isOperator) return null
  const base = project ? `/console/projects/${project.id}` : '/console'
  return (
    <nav class="tabs" aria-label={project ? 'Project' : 'Instance'}>
      {(project ? PROJECT_TABS : INSTANCE_TABS).map(([name, text, path]) => (
        <a href={base + path} aria-current={name === current ? 'page' : undefined}>
          {text}
        </a>
      ))}
    </nav>
  )
}
