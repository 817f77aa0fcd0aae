import { Page, type Place } from './layout.tsx'

const TEXTS: Readonly<Record<number, string>> = {
  403: 'Your token does not reach that far.',
  404: 'There is nothing here, or nothing that you may see.',
  413: 'That was too much to take in.',
  429: 'Too many requests. Wait a minute.',
  503: 'Patchbay cannot be reached just now. Try again in a moment.',
}

/** Any failure, in a sentence. */
export function Problem({ place, status }: { place: Place; status: number }) {
  return (
    <Page place={place} title="Not shown">
      <div class="empty">
        <h1>{TEXTS[status] ?? 'Something went wrong. Try again in a moment.'}</h1>
        <p>
          <a href="/console">Back to the start</a>
        </p>
      </div>
    </Page>
  )
}
