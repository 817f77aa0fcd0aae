/** Descriptions of error responses. Their examples are errors of the program itself. */
export const errorResponses = {
  BadRequest: 'Malformed body, or invalid parameters',
  BadQuery: 'Invalid query parameters',
  Unauthorized: 'Missing, unknown, expired or revoked token',
  Forbidden: 'Insufficient scope or role',
  ProjectNotFound: 'Unknown project, or a project of another token',
  SettingsNotFound: 'Unknown project, or no settings for the service',
  ServiceNotFound: 'Unknown service',
  TokenNotFound: 'Unknown project or token',
  DeliveryNotFound: 'Unknown project or delivery',
  EndpointMoved: 'A concurrent request changed the address that a secret was sent for',
  PreconditionFailed: 'The saved settings do not meet the preconditions',
  TooLarge: 'Body larger than 1 MiB',
  UnsupportedMediaType: 'Unsupported content type',
  TooManyRequests: 'Rate limit exceeded',
  InternalServerError: 'Internal error, which has been logged',
  BadGateway: 'Another server did not respond as needed',
  Unavailable: 'Database or encryption keys unavailable, or too many concurrent writes. Retry after a delay',
  ClientError: 'Any other client error',
} as const

export type ErrorResponseName = keyof typeof errorResponses

/** The status and the bodies of an error response, by the name of the example. */
export interface ErrorSamples {
  status: number
  bodies: Readonly<Record<string, unknown>>
}
