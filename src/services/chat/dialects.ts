import type { Dialect } from './rich.ts'

/** Shows nothing, and parts a character from what would make it markup. */
const GAP = '\u200B'

const withoutTags = (text: string) => text.replace(/[<>]/g, '')
const withGapAfter = (characters: RegExp) => (text: string) => text.replace(characters, `$&${GAP}`)
const withEntities = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const stars = (text: string) => `*${text}*`
const markdownLink = (label: string, url: string) => `[${label}](${url})`
const slackLink = (label: string, url: string) => `<${url}|${label}>`

/** Without a gap after it, a bracket of a user would begin the address of a link, or define one. */
const brackets = withGapAfter(/\]/g)
const mentions = withGapAfter(/@/g)

export const slack: Dialect = { neutral: withEntities, emphasis: stars, link: slackLink }

/** Reads Slack's text, and Markdown besides, and plain words after `@`. */
export const mattermost: Dialect = {
  neutral: (text) => mentions(brackets(withEntities(text))),
  emphasis: stars,
  link: slackLink,
}

/** Slack's links without its entities. */
export const googleChat: Dialect = { neutral: withoutTags, emphasis: stars, link: slackLink }
export const pumble: Dialect = { neutral: (text) => mentions(withoutTags(text)), emphasis: stars, link: slackLink }

/** Receivers with Markdown in which `<…>` is a mention or HTML. */
export const markdown: Dialect = {
  neutral: (text) => brackets(withoutTags(text)),
  emphasis: stars,
  link: markdownLink,
}

/** Receivers whose cards mention nobody, and show `<…>` as it is, so that code in a description survives. */
export const card: Dialect = {
  neutral: withGapAfter(/[\]<]/g),
  emphasis: stars,
  link: markdownLink,
}

/** Chats in which a word after `@` pages somebody. */
export const mentioning: Dialect = {
  neutral: (text) => mentions(brackets(withoutTags(text))),
  emphasis: stars,
  link: markdownLink,
}

/** With the gaps of Markdown: bridges to other networks turn HTML into that. */
export const html: Dialect = {
  neutral: (text) => mentions(brackets(withEntities(text)).replaceAll('"', '&quot;')).replaceAll('\n', '<br>'),
  emphasis: (text) => `<em>${text}</em>`,
  link: (label, url) => `<a href="${withEntities(url).replaceAll('"', '&quot;')}">${label}</a>`,
}
