/** The error responses that operations share, by name. Their bodies come from the program itself. */
export const errorResponses = {
  BadRequest: 'What was sent cannot be read, or is not taken',
  BadQuery: 'The query holds what is not taken',
  Unauthorized: 'There is no token, or it does not live',
  Forbidden: 'The token may not do this',
  ProjectNotFound: 'There is no such project, or it is not the token’s',
  SettingsNotFound: 'There is no such project, or nothing is saved for the service',
  ServiceNotFound: 'There is no such service',
  TokenNotFound: 'There is no such project, or no such token',
  EndpointMoved: 'Another request has changed the address that a secret was sent for',
  PreconditionFailed: 'What is saved is not what the preconditions name',
  TooLarge: 'The body is larger than 1 MiB',
  UnsupportedMediaType: 'The body is of another type',
  TooManyRequests: 'Too many requests in a minute',
  InternalServerError: 'Something went wrong, and was logged',
  Unavailable: 'The database or the keys do not answer, or writers keep colliding: try again',
  ClientError: 'Any other error that the client causes',
} as const

export type ErrorResponseName = keyof typeof errorResponses

/** The status and the bodies of an error response, by the name of the example. */
export interface ErrorSamples {
  status: number
  bodies: Readonly<Record<string, unknown>>
}
