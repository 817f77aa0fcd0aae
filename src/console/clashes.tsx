import { isEmpty, textOf } from './changes.tsx'
import type { Clash } from './conflict.ts'
import { Ago } from './parts.tsx'

interface ClashesProps {
  clashes: readonly Clash[]
  titleOf: (name: string) => string
  now: number
}

/** Changes that others saved meanwhile: the form below is laid over them, and saves them so. */
export function Clashes({ clashes, titleOf, now }: ClashesProps) {
  const [last] = [...clashes].sort((one, other) => other.when - one.when)
  const isOpen = clashes.some((clash) => clash.mine !== undefined)
  return (
    <div class="notice warn clash" role="alert" tabindex={-1} data-focus>
      <p>
        <b>{last?.who}</b> saved other settings <Ago time={last?.when ?? now} now={now} />, while this form was open.{' '}
        {isOpen
          ? 'Where both of you changed a field, yours stands in the form. Look it over, and save again.'
          : 'They are in the form now. Look it over, and save again.'}
      </p>
      <table>
        <thead>
          <tr>
            {['Field', 'Was', 'Theirs', 'Yours'].map((title) => (
              <th scope="col">{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {clashes.map((clash) => (
            <ClashRow clash={clash} title={titleOf(clash.field)} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function ClashRow({ clash: { field, from, to, mine, isSecret }, title }: { clash: Clash; title: string }) {
  return (
    <tr>
      <th scope="row">
        <a href={`#${field}`}>{title}</a>
      </th>
      <td>{isSecret ? '' : <Value value={from} />}</td>
      <td>{isSecret ? 'replaced' : <Value value={to} />}</td>
      <td>
        {mine === undefined ? (
          <span class="small">theirs</span>
        ) : (
          <>
            <Value value={mine} />
            <button type="button" class="quiet" data-take={field} data-value={isEmpty(to) ? '' : String(to)} hidden>
              Take theirs
            </button>
          </>
        )}
      </td>
    </tr>
  )
}

function Value({ value }: { value: unknown }) {
  return isEmpty(value) ? <span class="small">empty</span> : <span class="value">{textOf(value)}</span>
}
