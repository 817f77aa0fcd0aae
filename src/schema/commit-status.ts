import * as z from 'zod'
import { flag, text } from './field.ts'
import type { HttpStep, StepResponse } from './step.ts'

/** GitLab's words for what became of a commit. */
export const COMMIT_STATES = [
  'pending',
  'running',
  'success',
  'success-with-warnings',
  'failed',
  'canceled',
  'skipped',
  'manual',
  'not_found',
] as const
export type CommitState = (typeof COMMIT_STATES)[number]

/** The commit that a CI server is asked about. */
interface Commit {
  sha: string
  /** The branch or tag that the commit is looked at on. */
  ref: string | null
  /** The full path of the project. */
  project: string
}

export interface CommitStatus {
  status: CommitState
  /** The page of the build, for people. */
  page: string
}

/** One request to a CI server, and what its response means. */
export interface CommitStatusRequest {
  step: HttpStep
  /** Undefined if the response does not say. */
  read(response: StepResponse): CommitStatus | undefined
}

/** A request for the status of a commit, or why the settings do not suffice for one. */
export type AskCommitStatus<P> = (commit: Commit, params: P) => CommitStatusRequest | string

const MAX_REF_LENGTH = 255

export const commitStatusQuery = z.object({
  sha: z
    .string()
    .regex(/^[0-9a-f]{7,64}$/i, 'is invalid')
    .meta({ description: 'The commit, in hexadecimal digits', examples: ['da1560886d4f094c3e6c9ef40349f7d38b5d27d7'] }),
  ref: text('The branch or tag of the commit', MAX_REF_LENGTH)
    .optional()
    .meta({ examples: ['main'] }),
  with_secrets: flag('Show an address that contains a secret').default(false),
})

export const commitStatusShape = z.object({
  sha: z.string().meta({ examples: ['da1560886d4f094c3e6c9ef40349f7d38b5d27d7'] }),
  ref: z
    .string()
    .nullable()
    .meta({ examples: ['main'] }),
  status: z.enum(COMMIT_STATES).meta({ examples: ['success'] }),
  target_url: z
    .string()
    .nullable()
    .meta({
      description: 'The page of the build; null if its address contains a secret and `with_secrets` is not true',
      examples: ['https://buildkite.com/example/pipeline/builds?commit=da1560886d4f094c3e6c9ef40349f7d38b5d27d7'],
    }),
})
