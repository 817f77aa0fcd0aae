/** Words that are not spelt as they sound, by how names spell them. */
const WORDS: Readonly<Record<string, string>> = {
  api: 'API',
  arn: 'ARN',
  ci: 'CI',
  iap: 'IAP',
  id: 'ID',
  ids: 'IDs',
  irc: 'IRC',
  json: 'JSON',
  ssl: 'SSL',
  uri: 'URI',
  url: 'URL',
  xid: 'ID',
}

/** A name of the API, for people: `drone_url` is "Drone URL". */
export function labelOf(name: string): string {
  const words = name.split('_').map((word) => WORDS[word] ?? word)
  const text = words.join(' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
