/** Keeps what `build` makes of the text of a binding, for as long as it is the same text. Failures are kept too. */
export function cachedByText<Text extends string | undefined, T>(build: (text: Text) => T): (text: Text) => T {
  let cached: { text: Text; value: T } | undefined
  return (text) => {
    if (cached?.text !== text || !cached) cached = { text, value: build(text) }
    return cached.value
  }
}
