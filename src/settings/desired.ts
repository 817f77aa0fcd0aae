import { isControl } from '../parameters/controls.ts'
import { shownNames } from '../parameters/names.ts'
import { type Choices, type FieldErrors, withText } from '../schema/issues.ts'
import { isRecord } from '../schema/record.ts'
import type { Service } from '../schema/service.ts'
import type { Registry } from '../services/registry.ts'
import { type ParsedRequest, parse } from './parse.ts'

/** The settings that a plan asks for, as far as they can be understood without the saved ones. Fields are `slug.name`. */
export interface DesiredSettings {
  services: readonly { service: Service; sent: ParsedRequest }[]
  /** Unknown services, services that are no set of parameters, and names that have no place in one. */
  unreadable: FieldErrors
  /** The choices of parameters that have another value. */
  allowed: Choices
  /** Parameters that their services do not have. */
  ignored: readonly string[]
}

interface Options {
  registry: Registry
  /** Rejects parameters that a service does not have. */
  isStrict: boolean
}

/** Reads the parameters of each service as a PUT of it would. */
export function parseDesired(services: Readonly<Record<string, unknown>>, options: Options): DesiredSettings {
  const all = Object.entries(services).map(([slug, parameters]) => parseOne(slug, parameters, options))
  const merge = <T>(toRecord: (one: DesiredSettings) => Readonly<Record<string, T>>) =>
    Object.fromEntries(all.flatMap((one) => Object.entries(toRecord(one))))
  return {
    services: all.flatMap((one) => one.services),
    unreadable: merge(({ unreadable: part }) => part),
    allowed: merge(({ allowed }) => allowed),
    ignored: all.flatMap(({ ignored }) => ignored),
  }
}

function parseOne(slug: string, parameters: unknown, { registry, isStrict }: Options): DesiredSettings {
  const service = registry.find(slug)
  const [shownSlug] = shownNames([slug])
  if (!service) return unreadable({ [`services.${shownSlug}`]: [unknownText(registry.closest(slug))] })
  if (!isRecord(parameters)) return unreadable({ [`services.${slug}`]: ['is invalid'] })
  const names = Object.keys(parameters)
  const place = (name: string) => `${slug}.${name}`
  // A dry run that is asked for in the wrong place must not write.
  const misplaced = withText(names.filter(isControl).map(place), 'belongs beside services')
  const others = Object.fromEntries(Object.entries(parameters).filter(([name]) => !isControl(name)))
  const sent = parse(service, others, { isStrict })
  return {
    services: [{ service, sent }],
    unreadable: misplaced,
    allowed: Object.fromEntries(Object.entries(sent.allowed).map(([name, values]) => [place(name), values])),
    ignored: sent.ignored.map(place),
  }
}

function unreadable(errors: FieldErrors): DesiredSettings {
  return { services: [], unreadable: errors, allowed: {}, ignored: [] }
}

function unknownText(guess: string | undefined): string {
  return guess ? `is unknown (did you mean ${guess}?)` : 'is unknown'
}
