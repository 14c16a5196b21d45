/** A client of the REST interface, for setting up and for what is measured. */
export type RestCaller = <Answer>(method: 'GET' | 'POST', path: string, body?: unknown) => Promise<Answer>

/** Answers `data`; throws what was refused. */
export function restCaller(baseUrl: string, apiKey: string): RestCaller {
  return async <Answer>(method: string, path: string, body?: unknown) => {
    const reply = await fetch(baseUrl + path, {
      method,
      headers: { 'content-type': 'application/json', 'px-api-key': apiKey },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const answer = (await reply.json()) as { readonly data: Answer; readonly errors: readonly string[] }
    if (!reply.ok) throw new Error(`${path}: ${answer.errors.join('; ')}`)
    return answer.data
  }
}
