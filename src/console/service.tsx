import type { FieldErrors } from '../schema/issues.ts'
import type { Service } from '../schema/service.ts'
import type { AuditEntry, Settings } from '../schema/tables.ts'
import { exportSettings, toYaml } from '../settings/export.ts'
import { Recent } from './changes.tsx'
import { Clashes } from './clashes.tsx'
import type { Clash } from './conflict.ts'
import { Events, FieldRow, type Filled } from './field.tsx'
import { type Entry, type Field, type Form, formOf, type Shown } from './form.ts'
import type { Child } from './jsx-runtime.ts'
import { Page, type Place } from './layout.tsx'
import { Ago, Done, Prose, Tile } from './parts.tsx'

export interface TestResult {
  success: boolean
  reason: string | null
  ms: number
  requests: readonly { status: number | null; response: string | null }[]
}

export interface ServicePageProps {
  place: Place
  service: Service
  entry: Entry
  settings: Settings | null
  /** The version that a save must meet. */
  etag: string
  shown: Shown
  errors: FieldErrors
  clashes: readonly Clash[]
  entries: readonly AuditEntry[]
  result: TestResult | undefined
  /** The form holds what is not saved. */
  isUnsaved: boolean
  canWrite: boolean
  done: string | undefined
  now: number
}

/** One service: how it is set up, in a form made of its description alone. */
export function ServicePage(props: ServicePageProps) {
  const { place, service, entry, settings, errors, clashes, entries, canWrite, now } = props
  const form = formOf(service, entry)
  const filled: Filled = { form, shown: props.shown, secrets: settings?.secretsMeta ?? {}, errors, now }
  const base = `/console/projects/${place.project?.id}`
  return (
    <Page place={place} title={entry.title} tab="services">
      <a class="back" href={base}>
        All services
      </a>
      <div class="split">
        <form method="post" class="form" novalidate data-guard={props.isUnsaved ? 'pending' : ''}>
          <input type="hidden" name="etag" value={props.etag} />
          <Subject entry={entry} isActive={props.shown.active === true} canWrite={canWrite} />
          <Notices {...props} form={form} />
          {clashes.length > 0 && <Clashes clashes={clashes} titleOf={(name) => titleOf(form, name)} now={now} />}
          <fieldset class="whole" disabled={!canWrite}>
            <Sections form={form} filled={filled} />
          </fieldset>
          {canWrite && <SaveBar entry={entry} isNew={settings === null} />}
        </form>
        <div class="side">
          {settings && <Facts settings={settings} now={now} />}
          <Recent entries={entries} all={`${base}/audit?slug=${service.slug}`} now={now} />
          {settings && <AsFile service={service} settings={settings} />}
          {settings && canWrite && <Removal entry={entry} etag={props.etag} />}
        </div>
      </div>
    </Page>
  )
}

function Subject({ entry, isActive, canWrite }: { entry: Entry; isActive: boolean; canWrite: boolean }) {
  return (
    <div class="subject">
      <Tile slug={entry.slug} />
      <div>
        <h1>{entry.title}</h1>
        <p>{entry.description}</p>
      </div>
      <div class="switch main" title="Switched off, the settings are kept, and nothing is sent">
        <label>
          <input type="checkbox" name="active" value="true" checked={isActive} disabled={!canWrite} />
          <span class="label">Active</span>
        </label>
      </div>
    </div>
  )
}

function Sections({ form: { connection, events, options }, filled }: { form: Form; filled: Filled }) {
  const rows = (fields: readonly Field[]) => fields.map((field) => <FieldRow field={field} filled={filled} />)
  return (
    <>
      {connection.length > 0 && <Section title="Connection">{rows(connection)}</Section>}
      {events.length > 0 && (
        <Section title="Events" tools="events">
          <Events filled={filled} />
        </Section>
      )}
      {options.length > 0 && <Section title="Options">{rows(options)}</Section>}
    </>
  )
}

function Section({ title, tools, children }: { title: string; tools?: string; children: Child }) {
  const id = `section-${title.toLowerCase()}`
  return (
    <section class="panel" aria-labelledby={id}>
      <div class="panel-head">
        <h2 id={id}>{title}</h2>
        {tools && (
          <span data-tools={tools} hidden>
            <button type="button" class="quiet" data-all="true">
              All
            </button>
            <button type="button" class="quiet" data-all="">
              None
            </button>
          </span>
        )}
      </div>
      {children}
    </section>
  )
}

/** Save comes first: Enter in a field presses the first button. */
function SaveBar({ entry, isNew }: { entry: Entry; isNew: boolean }) {
  return (
    <div class="savebar">
      <p data-unsaved role="status" />
      <button type="reset" class="quiet" data-discard hidden>
        Discard
      </button>
      <button type="submit" class="primary" name="intent" value="save">
        {isNew ? `Set up ${entry.title.replace(/ notifications$/i, '')}` : 'Save changes'}
      </button>
      <button type="submit" name="intent" value="test">
        Send a test
      </button>
    </div>
  )
}

/** The result of a test. */
function Tested({ result: { success, reason, ms, requests }, isUnsaved }: { result: TestResult; isUnsaved: boolean }) {
  const last = requests.at(-1)
  return (
    <div class={`notice ${success ? 'good' : 'bad'}`} role="status" tabindex={-1} data-focus>
      <p>
        {success ? 'The test arrived' : 'The test did not arrive'}
        {last && `: ${last.status ?? 'no response'}, ${ms} ms`}.{reason && ` ${sentence(reason)}`}
        {isUnsaved && ' Nothing is saved yet.'}
      </p>
      {last?.response && <pre tabindex={0}>{last.response}</pre>}
    </div>
  )
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`
}

function Notices({ entry, form, done, errors, canWrite, result, isUnsaved }: ServicePageProps & { form: Form }) {
  return (
    <>
      <Done text={done} />
      {result && <Tested result={result} isUnsaved={isUnsaved} />}
      <Wrong errors={errors} titleOf={(name) => titleOf(form, name)} />
      {[entry.deprecated, entry.gitlab_only].map(
        (reason) =>
          reason && (
            <p class="notice warn">
              <Prose text={reason} />
            </p>
          ),
      )}
      {!canWrite && <p class="notice">You may look at these settings, not change them.</p>}
    </>
  )
}

/** All that is wrong, with links to where it is. */
function Wrong({ errors, titleOf: title }: { errors: FieldErrors; titleOf: (name: string) => string }) {
  const wrong = Object.entries(errors)
  if (wrong.length === 0) return null
  return (
    <div class="notice bad" role="alert" tabindex={-1} data-focus>
      <p>Not saved. {wrong.length === 1 ? 'One field needs' : `${wrong.length} fields need`} another look:</p>
      <ul>
        {wrong.map(([name, texts]) => (
          <li>
            <a href={`#${name}`}>{title(name)}</a> {texts.join(', ')}
          </li>
        ))}
      </ul>
    </div>
  )
}

function titleOf({ byName, events }: Form, name: string): string {
  const event = events.find(({ flag }) => flag === name)
  return byName.get(name)?.title ?? event?.title ?? (name === 'active' ? 'Active' : name)
}

function Facts({ settings, now }: { settings: Settings; now: number }) {
  return (
    <dl class="facts">
      <dt>Set up</dt>
      <dd>
        <Ago time={settings.createdAt} now={now} />
      </dd>
      <dt>Changed</dt>
      <dd>
        <Ago time={settings.updatedAt} now={now} />
      </dd>
      <dt>Version</dt>
      <dd>{settings.version}</dd>
    </dl>
  )
}

/** The same settings as a file that `PUT /projects/:id/services` takes. */
function AsFile({ service, settings }: { service: Service; settings: Settings }) {
  return (
    <details class="file">
      <summary>As a file</summary>
      <pre tabindex={0}>{toYaml([exportSettings(service, settings)])}</pre>
    </details>
  )
}

function Removal({ entry, etag }: { entry: Entry; etag: string }) {
  return (
    <details class="removal">
      <summary>Delete these settings</summary>
      <form method="post">
        <input type="hidden" name="etag" value={etag} />
        <p>Settings and secrets of {entry.title} go for good. To pause it, switch it off instead.</p>
        <button type="submit" class="danger" name="intent" value="delete">
          Delete for good
        </button>
      </form>
    </details>
  )
}
