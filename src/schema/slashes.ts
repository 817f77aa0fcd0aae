/** Returns the text without the slashes at its end. `/\/+$/` takes quadratic time on slashes that end in something else. */
export function trimSlashes(text: string): string {
  let end = text.length
  while (text[end - 1] === '/') end -= 1
  return text.slice(0, end)
}
