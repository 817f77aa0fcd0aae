import * as fc from 'fast-check'
import { beforeAll, expect, test, vi } from 'vitest'
import { LIMIT_MS, runs } from './budget.ts'
import {
  KINDS,
  type Kind,
  LASTING,
  type Model,
  mostPrivileged,
  newModel,
  SIZES,
  SLUGS,
  type Step,
  take,
} from './model.ts'

/** Of the requests of the whole. */
const SHARE = 0.4
const LENGTH = 60

beforeAll(() => void vi.spyOn(console, 'log').mockImplementation(() => {}))

const few = fc.option(fc.nat({ max: 2 }), { nil: undefined })

/** Callers and their projects: half of them may do everything there. */
const place = fc.nat({ max: SIZES.projects - 1 }).chain((project) =>
  fc.record({
    project: fc.constant(project),
    actor: fc.oneof(fc.constant(mostPrivileged(project)), fc.nat({ max: SIZES.actors - 1 })),
  }),
)

function steps(kinds: readonly Kind[]): fc.Arbitrary<Step[]> {
  const what = fc.record({
    kind: fc.constantFrom(...kinds),
    slug: fc.constantFrom(...SLUGS),
    branch: few,
    secret: few,
    active: fc.option(fc.boolean(), { nil: undefined }),
  })
  const step = fc.tuple(what, place).map(([some, other]) => ({ ...some, ...other }))
  return fc.array(step, { minLength: LENGTH / 2, maxLength: LENGTH, size: 'max' })
}

async function walk(model: Model, way: readonly Step[]): Promise<void> {
  for (const step of way) {
    const { expected, seen } = await take(model, step)
    expect(seen).toEqual(expected)
  }
}

test(
  'each token sees of each project what it may, and what was done there',
  async () => {
    const property = fc.asyncProperty(steps(KINDS), async (way) => walk(await newModel(), way))
    await fc.assert(property, runs(SHARE, LENGTH))
  },
  LIMIT_MS,
)

test(
  'what is done in one project at the same time changes nothing in another',
  async () => {
    const property = fc.asyncProperty(steps(LASTING), async (all) => {
      const model = await newModel()
      const ways = model.projects.map((_, place) => all.filter(({ project }) => project === place))
      await Promise.all(ways.map((way) => walk(model, way)))
    })
    await fc.assert(property, runs(SHARE, LENGTH))
  },
  LIMIT_MS,
)
