/** Every refusal that a route may answer with, and the errors that it stands for. */
export const refusals = {
  BadRequest: {
    status: 400,
    description: 'What was sent cannot be read, or is not taken',
    errors: ['unreadable', 'excessive', 'parameters', 'rules'],
  },
  BadQuery: { status: 400, description: 'The query holds what is not taken', errors: ['query'] },
  Unauthorized: {
    status: 401,
    description: 'There is no token, or it does not live',
    errors: ['unauthorized', 'expired', 'revoked'],
  },
  Forbidden: {
    status: 403,
    description: 'The token may not do this',
    errors: ['forbidden', 'insufficientScope'],
  },
  ProjectNotFound: {
    status: 404,
    description: 'There is no such project, or it is not the token’s',
    errors: ['noProject'],
  },
  SettingsNotFound: {
    status: 404,
    description: 'There is no such project, or nothing is saved for the service',
    errors: ['noService', 'noProject'],
  },
  ServiceNotFound: { status: 404, description: 'There is no such service', errors: ['noSuchService'] },
  TokenNotFound: {
    status: 404,
    description: 'There is no such project, or no such token',
    errors: ['noToken', 'noProject'],
  },
  PreconditionFailed: {
    status: 412,
    description: 'What is saved is not what the preconditions name',
    errors: ['preconditionFailed'],
  },
  TooLarge: { status: 413, description: 'The body is larger than 1 MiB', errors: ['tooLarge'] },
  UnsupportedMediaType: { status: 415, description: 'The body is of another type', errors: ['contentType'] },
  TooManyRequests: { status: 429, description: 'Too many requests in a minute', errors: ['tooMany'] },
  InternalServerError: { status: 500, description: 'Something went wrong, and was logged', errors: ['internal'] },
  Unavailable: {
    status: 503,
    description: 'The database or the keys do not answer, or writers keep colliding: try again',
    errors: ['unavailable'],
  },
} as const satisfies Record<string, { status: number; description: string; errors: readonly string[] }>

export type RefusalName = keyof typeof refusals
export type ErrorName = (typeof refusals)[RefusalName]['errors'][number]
