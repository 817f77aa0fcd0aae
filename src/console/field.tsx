import type { FieldErrors } from '../schema/issues.ts'
import type { Settings } from '../schema/tables.ts'
import type { EventField, Field, Form, Shown } from './form.ts'
import { Ago, Prose } from './parts.tsx'

/** The form that a field belongs to, and what it holds. */
export interface Filled {
  form: Form
  shown: Shown
  secrets: Settings['secretsMeta']
  errors: FieldErrors
  now: number
}

/** One parameter: its name, its control, what it is for, and what is wrong with it. */
export function FieldRow({ field, filled }: { field: Field; filled: Filled }) {
  if (field.is_secret) return <SecretRow field={field} filled={filled} />
  if (field.type === 'checkbox') return <SwitchRow field={field} filled={filled} />
  return (
    <div class="field">
      <label class="label" for={field.name} title={field.name}>
        {field.title}
        <Need field={field} form={filled.form} />
      </label>
      <Control field={field} filled={filled} />
      <Help field={field} />
      <Errors field={field} filled={filled} />
    </div>
  )
}

function Need({ field, form }: { field: Field; form: Form }) {
  if (field.required) return <span class="need">required</span>
  const exceptions = Object.entries(field.required_unless ?? {}).map(([name, value]) =>
    labelOfChoice(form, name, value),
  )
  return exceptions.length > 0 ? <span class="need">required, except with {exceptions.join(', ')}</span> : null
}

function labelOfChoice({ byName }: Form, name: string, value: unknown): string {
  const choice = byName.get(name)?.choices?.find(([, option]) => option === value)
  return choice?.[0].toLowerCase() ?? String(value)
}

/** Returns the attributes that tie a control to its help and its error. */
function about(field: Field, { errors }: Filled) {
  const isWrong = Object.hasOwn(errors, field.name)
  return {
    id: field.name,
    name: field.name,
    'aria-describedby': [`${field.name}-help`, ...(isWrong ? [`${field.name}-error`] : [])].join(' '),
    'aria-invalid': isWrong ? ('true' as const) : undefined,
    'aria-required': field.required ? ('true' as const) : undefined,
    'data-endpoint': field.exposes_secrets ? '' : undefined,
  }
}

const FEW = 4

function Control({ field, filled }: { field: Field; filled: Filled }) {
  const value = filled.shown[field.name]
  const text = Array.isArray(value) ? value.join('\n') : String(value ?? '')
  const props = { ...about(field, filled), placeholder: field.placeholder ?? undefined }
  if (field.choices && !field.choices_open) return <Choice field={field} text={text} filled={filled} />
  if (field.type === 'textarea' || field.type === 'string_array') {
    return (
      <textarea {...props} rows={3} spellcheck={false}>
        {`\n${text}`}
      </textarea>
    )
  }
  const list = field.choices ? `${field.name}-list` : undefined
  return (
    <>
      <input
        {...props}
        type="text"
        inputmode={field.type === 'number' ? 'numeric' : undefined}
        value={text}
        list={list}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
      />
      {list && (
        <datalist id={list}>
          {field.choices?.map(([, option]) => (
            <option value={String(option)} />
          ))}
        </datalist>
      )}
    </>
  )
}

function Choice({ field, text, filled }: { field: Field; text: string; filled: Filled }) {
  const choices = field.choices ?? []
  if (choices.length > FEW) {
    return (
      <select {...about(field, filled)}>
        {choices.map(([label, option]) => (
          <option value={String(option)} selected={String(option) === text}>
            {label}
          </option>
        ))}
      </select>
    )
  }
  const { id, name, ...rest } = about(field, filled)
  return (
    <div class="choice" role="radiogroup" id={id} aria-label={field.title} {...rest}>
      {choices.map(([label, option]) => (
        <label>
          <input type="radio" name={name} value={String(option)} checked={String(option) === text} />
          <span>{label}</span>
        </label>
      ))}
    </div>
  )
}

function SwitchRow({ field, filled }: { field: Field; filled: Filled }) {
  return (
    <div class="field switch">
      <label>
        <input
          type="checkbox"
          id={field.name}
          name={field.name}
          value="true"
          checked={filled.shown[field.name] === true}
        />
        <span class="label" title={field.name}>
          <Prose text={field.help} />
        </span>
      </label>
      <Errors field={field} filled={filled} />
    </div>
  )
}

/** A secret is never shown; what is shown is that it is set, since when, and what it can be compared by. */
function SecretRow({ field, filled }: { field: Field; filled: Filled }) {
  return (
    <fieldset class="field secret">
      <legend>
        <label class="label" for={field.name} title={field.name}>
          {field.title}
          <Need field={field} form={filled.form} />
        </label>
      </legend>
      <Secret field={field} filled={filled} />
      <Help field={field} />
      <Errors field={field} filled={filled} />
    </fieldset>
  )
}

function Secret({ field, filled, label }: { field: Field; filled: Filled; label?: string }) {
  const meta = filled.secrets[field.name]
  if (!meta) return <SecretInput field={field} filled={filled} label={label} />
  const isWrong = Object.hasOwn(filled.errors, field.name)
  return (
    <details class="kept" open={isWrong}>
      <summary>
        <span class="seal">
          <Lock />
          <span>
            Set, changed <Ago time={meta.updatedAt} now={filled.now} />
          </span>
          <code title="Fingerprint: the same for the same value, and tells nothing of it">{meta.fingerprint}</code>
        </span>
        <span class="button">Replace</span>
      </summary>
      <SecretInput field={field} filled={filled} label={label} />
      {!field.required && (
        <label class="clear">
          <input type="checkbox" name="clear" value={field.name} /> Clear it: nothing is sent there any more
        </label>
      )}
    </details>
  )
}

function SecretInput({ field, filled, label }: { field: Field; filled: Filled; label?: string | undefined }) {
  const props = {
    ...about(field, filled),
    'aria-label': label,
    placeholder: field.placeholder ?? undefined,
    spellcheck: false,
    'data-secret': '',
  }
  if (field.type === 'textarea') return <textarea {...props} rows={4} autocomplete="off" />
  return <input {...props} type="password" autocomplete="new-password" autocapitalize="none" />
}

function Lock() {
  return (
    <svg class="lock" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <rect x="2.5" y="7" width="11" height="7.5" rx="2" />
      <path d="M5 7V5a3 3 0 0 1 6 0v2" />
    </svg>
  )
}

function Help({ field }: { field: Field }) {
  return (
    <p class="help" id={`${field.name}-help`}>
      <Prose text={field.help} />
      {field.exposes_secrets && !field.is_secret && (
        <span class="moved" hidden>
          {' '}
          Secrets do not follow to another address: enter them again.
        </span>
      )}
    </p>
  )
}

function Errors({ field, filled }: { field: Field; filled: Filled }) {
  const texts = filled.errors[field.name]
  if (!texts) return null
  return (
    <p class="error" id={`${field.name}-error`}>
      {field.title} {texts.join(', ')}.
    </p>
  )
}

/** The events of a service, each with its switch and, where it has one, its own channel. */
export function Events({ filled }: { filled: Filled }) {
  const { events, channel } = filled.form
  const hasChannels = events.some((event) => event.channel)
  return (
    <>
      {channel && <FieldRow field={channel} filled={filled} />}
      <ul class={hasChannels ? 'events wide' : 'events'}>
        {events.map((event) => (
          <EventRow event={event} filled={filled} />
        ))}
      </ul>
    </>
  )
}

function EventRow({ event: { flag, title, channel, follows }, filled }: { event: EventField; filled: Filled }) {
  return (
    <li>
      <label title={flag}>
        <input
          type="checkbox"
          name={flag}
          value="true"
          checked={filled.shown[flag] === true}
          disabled={follows !== null}
        />
        <span>
          {title}
          {follows && <span class="small"> with {filled.form.byName.get(follows)?.title ?? follows}</span>}
        </span>
      </label>
      {channel && <Channel channel={channel} title={title} filled={filled} />}
    </li>
  )
}

function Channel({ channel, title, filled }: { channel: Field; title: string; filled: Filled }) {
  const { errors, shown } = filled
  const isWrong = Object.hasOwn(errors, channel.name)
  return (
    <div class="channel">
      {channel.is_secret ? (
        <Secret
          field={{ ...channel, placeholder: 'same webhook' }}
          filled={filled}
          label={`${channel.title}: another webhook for ${title.toLowerCase()} events`}
        />
      ) : (
        <input
          type="text"
          id={channel.name}
          name={channel.name}
          value={String(shown[channel.name] ?? '')}
          placeholder={String(shown.channel ?? '') || 'same channel'}
          aria-label={`${channel.title}: ${title}`}
          aria-invalid={isWrong ? 'true' : undefined}
          autocomplete="off"
          spellcheck={false}
        />
      )}
      <Errors field={channel} filled={filled} />
    </div>
  )
}
