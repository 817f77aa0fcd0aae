import type { JSX as HtmlTags } from 'hono/jsx/jsx-runtime'

/** Finished HTML: the only thing that goes into a page unescaped. */
export class Markup {
  readonly html: string

  constructor(html: string) {
    this.html = html
  }
}

export type Child = Markup | string | number | boolean | null | undefined | readonly Child[]
type Attribute = string | number | boolean | null | undefined
type Props = Readonly<Record<string, unknown>> & { children?: Child }

/** Types that elements are checked by. Of hono's JSX there are the types alone: its code is four KiB of a bundle that has a limit. */
export declare namespace JSX {
  type Element = Markup
  type IntrinsicElements = HtmlTags.IntrinsicElements
  interface ElementChildrenAttribute {
    children: Child
  }
}

const VOID = /^(br|hr|img|input|link|meta)$/
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

export const Fragment = ({ children }: Props) => new Markup(render(children))

/** Renders an element, as the compiler calls for it. Text and attributes are escaped; null, undefined and booleans show nothing. */
export function jsx<P extends Props>(tag: string | ((props: P) => Markup | null), props: P): Markup {
  if (typeof tag === 'function') return tag(props) ?? new Markup('')
  const { children, ...attributes } = props
  const start = Object.entries(attributes).map(([name, value]) => attribute(name, value as Attribute))
  const end = VOID.test(tag) ? '' : `${render(children)}</${tag}>`
  return new Markup(`<${tag}${start.join('')}>${end}`)
}

/** The compiler's name for an element with several children. */
export function jsxs<P extends Props>(tag: string | ((props: P) => Markup | null), props: P): Markup {
  return jsx(tag, props)
}

function attribute(name: string, value: Attribute): string {
  if (value === null || value === undefined || value === false) return ''
  return ` ${name}="${value === true ? '' : escapeText(String(value))}"`
}

function render(child: Child): string {
  if (child instanceof Markup) return child.html
  if (typeof child === 'string') return escapeText(child)
  if (typeof child === 'number') return String(child)
  return typeof child === 'object' && child ? child.map(render).join('') : ''
}

function escapeText(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? '')
}
