/** Something that writers change, and what it may be: one state, or more while a write is not acknowledged. */
interface Cell {
  possible: Set<string>
  /** Every state that was acknowledged. */
  acknowledged: string[]
}

export const ABSENT = 'absent'

/** Requests and acknowledgements, kept outside of the process that is killed. */
export class Ledger {
  readonly cells = new Map<string, Cell>()
  acknowledged = 0
  /** Writes whose response never came, and those of them that turned out to be done. */
  open = 0
  openDone = 0
  /** Responses that should not be. */
  readonly violations: string[] = []

  cell(name: string): Cell {
    const known = this.cells.get(name)
    if (known) return known
    const cell = { possible: new Set([ABSENT]), acknowledged: [] }
    this.cells.set(name, cell)
    return cell
  }

  /** Sends a write that leaves the cell in `state`. @returns the response's body; undefined where none came */
  // biome-ignore lint/suspicious/noExplicitAny: what a response holds is the API's to say
  async write(name: string, state: string, send: () => Promise<Response>): Promise<any> {
    const cell = this.cell(name)
    cell.possible.add(state)
    try {
      const response = await send()
      const text = await response.text()
      if (response.status >= 500) return undefined
      if (!response.ok) this.violations.push(`${name} to ${state}: ${response.status} ${text}`)
      cell.possible = new Set([state])
      cell.acknowledged.push(state)
      this.acknowledged += 1
      return text === '' ? {} : JSON.parse(text)
    } catch {
      return undefined
    }
  }

  /** Compares what is there with what may be there, and goes on from it. What cannot be found any more is let go. */
  reconcile(find: (name: string) => string | undefined): void {
    for (const [name, cell] of this.cells) {
      const state = find(name)
      if (state === undefined) {
        this.cells.delete(name)
        continue
      }
      if (!cell.possible.has(state)) {
        this.violations.push(`${name} is ${state}, and should be ${[...cell.possible].join(' or ')}`)
      }
      if (cell.possible.size > 1) {
        this.open += 1
        if (state === [...cell.possible].at(-1)) this.openDone += 1
      }
      cell.possible = new Set([state])
    }
  }
}
