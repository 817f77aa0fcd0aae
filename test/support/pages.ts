import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { Bindings } from '../../src/env.ts'
import worker from '../../src/index.ts'
import { ADMIN } from './api.ts'

export const ORIGIN = 'https://patchbay.test'

type Sent = Record<string, string | readonly string[]> | FormData

export interface Visit {
  headers?: Record<string, string>
  env?: Partial<Record<keyof Bindings, unknown>>
}

/** A browser without a window: it keeps its session, and sends the forms that it is shown. */
export class Visitor {
  /** As the browser would send it. */
  cookie = ''
  /** Headers of the browser that tell which page sends a form. */
  sender: Record<string, string> = { Origin: ORIGIN, 'Sec-Fetch-Site': 'same-origin' }
  readonly #env: Visit['env']

  constructor(bindings: Visit['env'] = {}) {
    this.#env = bindings
  }

  static async signIn(token = ADMIN, bindings: Visit['env'] = {}): Promise<Visitor> {
    const visitor = new Visitor(bindings)
    await visitor.send('/console/session', { token })
    return visitor
  }

  open(path: string, { headers = {} }: Visit = {}): Promise<Response> {
    return this.#visit(path, { headers: { 'Sec-Fetch-Site': 'none', ...headers } })
  }

  send(path: string, sent: Sent, { headers = {} }: Visit = {}): Promise<Response> {
    return this.#visit(path, { method: 'POST', body: toForm(sent), headers: { ...this.sender, ...headers } })
  }

  /** The text of a page that must be there. */
  async read(path: string): Promise<string> {
    const response = await this.open(path)
    if (!response.ok) throw new Error(`${path}: ${response.status}`)
    return response.text()
  }

  async #visit(path: string, init: { method?: string; body?: BodyInit; headers: Record<string, string> }) {
    const headers = { ...init.headers, ...(this.cookie && { Cookie: this.cookie }) }
    const context = createExecutionContext()
    const request = new Request(ORIGIN + path, { ...init, headers, redirect: 'manual' })
    const response = await worker.fetch(request, { ...env, ...this.#env } as Bindings, context)
    await waitOnExecutionContext(context)
    const cookie = response.headers.get('Set-Cookie')
    if (cookie) this.cookie = cookie.includes('Max-Age=0') ? '' : (cookie.split(';', 1)[0] ?? '')
    return response
  }
}

function toForm(sent: Sent): FormData | URLSearchParams {
  if (sent instanceof FormData) return sent
  const entries = Object.entries(sent).flatMap(([name, values]) => [values].flat().map((value) => [name, value]))
  return new URLSearchParams(entries as [string, string][])
}

/** Returns the data that a browser would send of the form of settings, if nothing was touched. */
export async function controlsOf(page: Response): Promise<FormData> {
  const reader = new FormReader()
  await new HTMLRewriter()
    .on('form[data-guard] input', { element: (input) => reader.readInput(input) })
    .on('form[data-guard] select', { element: (select) => reader.readSelect(select) })
    .on('form[data-guard] option', { element: (option) => reader.readOption(option) })
    .on('form[data-guard] textarea', {
      element: (area) => reader.readArea(area),
      text: ({ text }) => reader.readText(text),
    })
    .transform(page)
    .text()
  return reader.data
}

class FormReader {
  readonly data = new FormData()
  #select = ''
  #area = ''

  readInput(input: Element): void {
    const name = input.getAttribute('name')
    const isBox = ['checkbox', 'radio'].includes(input.getAttribute('type') ?? '')
    if (!name || input.hasAttribute('disabled') || (isBox && !input.hasAttribute('checked'))) return
    this.data.append(name, decode(input.getAttribute('value') ?? (isBox ? 'on' : '')))
  }

  readSelect(select: Element): void {
    this.#select = select.getAttribute('name') ?? ''
  }

  readOption(option: Element): void {
    // Options of a datalist follow no select.
    if (this.#select && (option.hasAttribute('selected') || !this.data.has(this.#select)))
      this.data.set(this.#select, decode(option.getAttribute('value') ?? ''))
  }

  readArea(area: Element): void {
    const name = area.getAttribute('name') ?? ''
    this.#area = ''
    area.onEndTag(() => {
      // A browser drops the first line feed, and sends two characters for each of the others.
      const text = decode(this.#area).replace(/^\n/, '').replaceAll('\n', '\r\n')
      this.data.append(name, text)
    })
  }

  readText(text: string): void {
    this.#area += text
  }
}

function decode(text: string): string {
  const entities = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' }
  return text.replaceAll(/&(?:lt|gt|quot|amp);/g, (entity) => entities[entity as keyof typeof entities])
}
