// Makes the console quicker to use. Without it every page works all the same.
const all = (selector, within = document) => [...within.querySelectorAll(selector)]
const one = (selector, within = document) => within.querySelector(selector)

/** Finds cards while a word is typed. */
function filter(box) {
  const kind = box.dataset.filter
  const input = one('input', box)
  input.addEventListener('input', () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
    for (const card of all(`[data-${kind}]`)) {
      const text = card.dataset[kind].toLowerCase()
      card.hidden = !words.every((word) => text.includes(word))
    }
    for (const group of all('.group, .rest')) group.hidden = all(`[data-${kind}]`, group).every((card) => card.hidden)
    for (const rest of all('.rest')) rest.open = words.length > 0
    one(`[data-none=${kind}]`).hidden = all(`[data-${kind}]`).some((card) => !card.hidden)
  })
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return
    one(`[data-${kind}]:not([hidden]) a`)?.click()
  })
  addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target.matches('input, textarea, select')) return
    event.preventDefault()
    input.focus()
  })
}

const isChanged = (control) => {
  if (control.type === 'checkbox' || control.type === 'radio') return control.checked !== control.defaultChecked
  if (['hidden', 'submit', 'reset', 'button'].includes(control.type)) return false
  if (control.tagName === 'SELECT')
    return all('option', control).some((option) => option.selected !== option.defaultSelected)
  return control.value !== control.defaultValue
}

/** Counts what is not saved yet, says where secrets stay behind, and asks before anything is lost. */
function guard(form) {
  const bar = one('[data-unsaved]', form)
  const isPending = form.dataset.guard === 'pending'
  const changed = () =>
    new Set([...form.elements].filter((control) => control.name && isChanged(control)).map(({ name }) => name)).size
  const channel = one('#channel', form)
  const show = () => {
    if (channel)
      for (const other of all('.channel input[type=text]', form)) other.placeholder = channel.value || 'same channel'
    const count = changed()
    if (bar)
      bar.textContent = isPending
        ? 'Not saved yet'
        : count === 0
          ? ''
          : `${count} unsaved ${count === 1 ? 'change' : 'changes'}`
    for (const button of all('[data-discard]', form)) button.hidden = count === 0 && !isPending
    const moved = one('.kept', form) ? all('[data-endpoint]', form).filter(isChanged) : []
    for (const note of all('.moved', form))
      note.hidden = !moved.some((control) => note.closest('.field').contains(control))
    for (const kept of all('.kept', form)) {
      kept.toggleAttribute('data-dropped', moved.length > 0)
      if (moved.length > 0) kept.open = true
    }
  }
  form.addEventListener('input', show)
  form.addEventListener('change', show)
  form.addEventListener('reset', (event) => {
    if (!isPending) return setTimeout(show)
    event.preventDefault()
    leave(form, location.href)
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void send(form, event.submitter)
  })
  addEventListener('beforeunload', (event) => {
    if (document.contains(form) && !form.dataset.sent && (isPending || changed() > 0)) event.preventDefault()
  })
  show()
}

function leave(form, url) {
  form.dataset.sent = 'yes'
  location.assign(url)
}

/** Keeps what was typed, while its author signs in beside it. */
function askToSignIn(form) {
  const link = Object.assign(document.createElement('a'), {
    href: '/console',
    target: '_blank',
    textContent: 'Sign in again',
  })
  one('[data-unsaved]', form).replaceChildren('Your session is over. ', link, ', then save.')
}

/** Sends a form and stays on the page where something is wrong: secrets that were typed are not lost. */
async function send(form, submitter) {
  // Read first: a button that is disabled is left out, and with it which of them was pressed.
  const body = new FormData(form, submitter)
  submitter?.setAttribute('disabled', '')
  try {
    const answer = await fetch(form.action, { method: 'POST', body })
    if (answer.redirected) return leave(form, answer.url)
    if (answer.status === 401) return askToSignIn(form)
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const typed = all('[data-secret]', form).map(({ name, value }) => [name, value])
    one('main').replaceWith(one('main', page))
    for (const [name, value] of typed) {
      const control = value && one(`[data-secret][name="${name}"]`)
      if (!control) continue
      control.value = value
      control.closest('details')?.setAttribute('open', '')
    }
    start()
  } catch {
    one('[data-unsaved]', form).textContent = 'Patchbay cannot be reached. Nothing is lost: try again.'
  } finally {
    submitter?.removeAttribute('disabled')
  }
}

function start() {
  for (const box of all('[data-filter]')) filter(box)
  for (const form of all('[data-guard]')) guard(form)
  for (const select of all('[data-submit]')) {
    select.addEventListener('change', () => select.form.requestSubmit())
    for (const button of all('button', select.form)) button.hidden = true
  }
  for (const tools of all('[data-tools]')) {
    tools.hidden = false
    for (const button of all('button', tools)) {
      button.addEventListener('click', () => {
        for (const box of all('.events [type=checkbox]:enabled', button.form)) box.checked = Boolean(button.dataset.all)
        button.form.dispatchEvent(new Event('change'))
      })
    }
  }
  for (const button of all('[data-take]')) {
    button.hidden = false
    button.addEventListener('click', () => take(button))
  }
  for (const time of all('time')) time.title = new Date(time.dateTime).toLocaleString()
  for (const link of all('.notice a[href^="#"]')) {
    link.addEventListener('click', (event) => {
      const control = document.getElementById(link.hash.slice(1))
      if (!control) return
      event.preventDefault()
      control.closest('details')?.setAttribute('open', '')
      const target = control.matches('input, textarea, select') ? control : one('input', control)
      target.focus()
    })
  }
  for (const button of all('[data-copy]')) {
    button.hidden = false
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(button.dataset.copy)
      button.textContent = 'Copied'
    })
  }
  for (const form of all('[data-enter]')) {
    form.elements.token.value = location.hash.slice(1)
    history.replaceState(null, '', location.pathname)
    form.requestSubmit()
  }
  for (const form of all('[data-accept]')) form.requestSubmit()
  if (one('[data-once]')) history.replaceState(null, '', location.pathname)
  one('[data-focus]')?.focus()
}

/** Puts what somebody else saved into the form. */
function take(button) {
  const { take: name, value } = button.dataset
  for (const control of all(`[name="${name}"]`)) {
    if (control.type === 'checkbox') control.checked = value === 'true'
    else if (control.type === 'radio') control.checked = control.value === value
    else control.value = value
  }
  button.closest('td').textContent = 'theirs'
}

start()
