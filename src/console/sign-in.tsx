import { Page, type Place } from './layout.tsx'
import { Mark } from './parts.tsx'

interface SignInProps {
  place: Place
  returnTo: string
  /** The tool's own sign-in page. */
  signInUrl: URL | undefined
  error?: string | undefined
}

export function SignIn({ place, returnTo, signInUrl, error }: SignInProps) {
  return (
    <Page place={place} title="Sign in">
      <section class="door">
        <Mark />
        <h1>Sign in to Patchbay</h1>
        {error && (
          <p class="notice bad" role="alert">
            {error}
          </p>
        )}
        {signInUrl && <ContinueLink url={signInUrl} returnTo={returnTo} />}
        <p>With an access token of a project, or with the token of the instance.</p>
        <form method="post" action="/console/session" class="stack">
          <input type="hidden" name="return_to" value={returnTo} />
          <label class="field">
            <span class="label">Token</span>
            <input
              type="password"
              name="token"
              required
              autofocus
              autocomplete="current-password"
              spellcheck={false}
              placeholder="pbt_…"
            />
          </label>
          <button type="submit" class={signInUrl ? undefined : 'primary'}>
            Sign in
          </button>
        </form>
        <p class="small">
          The token is not stored. The session ends after twelve hours, with the token of the instance after two, and at
          once if the token is revoked.
        </p>
      </section>
    </Page>
  )
}

/** In a frame, the whole window follows: the tool's own pages are seldom made to stand inside themselves. */
function ContinueLink({ url, returnTo }: { url: URL; returnTo: string }) {
  const target = new URL(url)
  target.searchParams.set('return_to', returnTo)
  return (
    <a class="button primary" href={target.href} target="_top">
      Continue with {url.host}
    </a>
  )
}

/** The page of a link: its token stands behind the `#`, which no server and no log sees. */
export function Enter({
  place,
  returnTo,
  look,
}: {
  place: Place
  returnTo: string
  look: Readonly<Record<string, string>>
}) {
  return (
    <Page place={place} title="One moment">
      <section class="door">
        <Mark />
        <h1>One moment…</h1>
        <form method="post" action="/console/enter" data-enter>
          <input type="hidden" name="return_to" value={returnTo} />
          {Object.entries(look).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <input type="hidden" name="token" />
          <noscript>This link needs JavaScript. Without it, sign in with a token instead.</noscript>
        </form>
      </section>
    </Page>
  )
}

interface HandOverProps {
  place: Place
  /** The sealed session that is offered. */
  offer: string
  returnTo: string
  /** The names of the present user and of the one offered; undefined if nobody is signed in. */
  change?: { from: string; to: string } | undefined
}

/**
 * Offers a session that another site asked for. If nobody else is signed in, the script accepts it at once; else people
 * decide, since whoever signs them in unnoticed sees what they save (login CSRF).
 */
export function HandOver({ place, offer, returnTo, change }: HandOverProps) {
  return (
    <Page place={place} title={change ? 'Change user' : 'One moment'}>
      <section class="door">
        <Mark />
        <h1>{change ? `Go on as ${change.to}?` : 'One moment…'}</h1>
        {change && (
          <p>
            You are signed in as <b>{change.from}</b>. The link that you followed is for <b>{change.to}</b>.
          </p>
        )}
        <form method="post" action="/console/session" class="stack" data-accept={change ? undefined : ''}>
          <input type="hidden" name="offer" value={offer} />
          <input type="hidden" name="return_to" value={returnTo} />
          {change && <input type="hidden" name="change" value="yes" />}
          <button type="submit" class="primary">
            {change ? `Go on as ${change.to}` : 'Go on'}
          </button>
        </form>
        {change && <a href={returnTo}>Stay {change.from}</a>}
      </section>
    </Page>
  )
}

/** Asks for itself once more. */
export function Again() {
  return (
    <html lang="en">
      <head>
        <meta http-equiv="refresh" content="0" />
        <title>One moment</title>
      </head>
      <body />
    </html>
  )
}
