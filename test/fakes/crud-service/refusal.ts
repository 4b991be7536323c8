/** An answer that is an error, in the service's own shape. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string | undefined

  constructor(status: number, message: string, code?: string) {
    super(message)
    this.status = status
    this.code = code
  }

  get body(): Readonly<Record<string, unknown>> {
    const { status: statusCode, code, message } = this
    return { statusCode, ...(code !== undefined && { code }), error: ERRORS[statusCode] ?? 'Error', message }
  }
}

const ERRORS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}
