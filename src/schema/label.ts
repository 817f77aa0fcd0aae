/** Abbreviations and proper names in parameter names. */
const WORDS: Readonly<Record<string, string>> = {
  api: 'API',
  arn: 'ARN',
  ci: 'CI',
  google: 'Google',
  iap: 'IAP',
  id: 'ID',
  ids: 'IDs',
  irc: 'IRC',
  json: 'JSON',
  ssl: 'SSL',
  teamcity: 'TeamCity',
  uri: 'URI',
  url: 'URL',
  xid: 'ID',
  zentao: 'ZenTao',
}

/** Derives a title from a parameter name: `drone_url` becomes "Drone URL". */
export function labelOf(name: string): string {
  const words = name.split('_').map((word) => WORDS[word] ?? word)
  const text = words.join(' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
